# The closest model that brms can express, and its draws.
#   Rscript brms.R FOLDER DRAWS TUNE
# reads answers.csv, cells.csv and priors.csv, writes draws.csv and run.csv.
#
# An answer's thresholds belong to its question; log discriminations have the contrasts c0, c1, ...
# that sum to zero within a block.  Groups have countries' baselines, changes and effects of
# their own, correlated between groups, and an sd of persons of their own.

suppressPackageStartupMessages(library(brms))

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
draws <- as.integer(arguments[2])
tune <- as.integer(arguments[3])
table <- function(name) {
  read.csv(file.path(folder, name), colClasses = c(group = "character", question = "character"))
}

answers <- table("answers.csv")
cells <- table("cells.csv")
priors <- read.csv(file.path(folder, "priors.csv"), na.strings = character())

groups <- sort(unique(answers$group))
columns <- function(suffix) paste(paste0("g", groups, suffix), collapse = " + ")
countries <- paste0("(0 + ", c(columns(""), columns("_later"), columns("_treated")), " | country)")
contrasts <- paste(grep("^c[0-9]+$", names(answers), value = TRUE), collapse = " + ")
# No baseline of the groups: they share no question, so that thresholds hold it.
model <- bf(
  as.formula(paste(
    "answer | thres(steps, gr = question) ~",
    columns("_later"), "+", columns("_treated"), "+",
    paste(countries, collapse = " + "),
    "+ (1 | gr(respondent, by = group))"
  )),
  as.formula(paste("disc ~ 0 +", contrasts)),
  family = cumulative("logit")
)
beliefs <- do.call(c, lapply(seq_len(nrow(priors)), function(i) {
  row <- as.list(priors[i, ])
  set_prior(row$prior, row$class, row$coef, row$group, dpar = row$dpar)
}))

seconds <- function(work) system.time(work)[["elapsed"]]
compilation <- seconds(
  compiled <- brm(model, answers, prior = beliefs, chains = 0, backend = "rstan")
)
sampling <- seconds(
  fit <- update(
    compiled, recompile = FALSE, chains = 2, cores = 2, seed = 1,
    warmup = tune, iter = tune + draws, refresh = 0
  )
)
# This rstan tells the time that the processor gave to each chain: on an unshared machine the
# slower chain's is the wall time, less the start of R's processes.
chains <- rowSums(rstan::get_elapsed_time(fit$fit))

over_countries <- as.formula(paste("~", paste(countries, collapse = " + ")))
level <- posterior_linpred(fit, newdata = cells, re_formula = over_countries, dpar = "mu")
colnames(level) <- paste0("cell", seq_len(nrow(cells)))
kept <- as.data.frame(as_draws_df(fit, variable = c("^b_", "^sd_", "^cor_"), regex = TRUE))
names(kept)[names(kept) == ".chain"] <- "chain"
write.csv(cbind(kept, level), file.path(folder, "draws.csv"), row.names = FALSE)

statistics <- do.call(rbind, rstan::get_sampler_params(fit$fit, inc_warmup = FALSE))
run <- data.frame(
  slower_chain = max(chains),
  processor = sum(chains),
  sampling = sampling,
  compilation = compilation,
  divergences = sum(statistics[, "divergent__"]),
  steps = mean(statistics[, "n_leapfrog__"]),
  R = as.character(getRversion()),
  brms = as.character(packageVersion("brms")),
  rstan = as.character(packageVersion("rstan"))
)
write.csv(run, file.path(folder, "run.csv"), row.names = FALSE)
