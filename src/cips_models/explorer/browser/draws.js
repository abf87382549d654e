"use strict";
/* From draws to numbers: the interval policy of the package, and nothing else.  Pure functions. */

function mean(draws) {
  let sum = 0;
  for (const value of draws) sum += value;
  return sum / draws.length;
}

function sd(draws) {
  const middle = mean(draws);
  let sum = 0;
  for (const value of draws) sum += (value - middle) ** 2;
  return Math.sqrt(sum / (draws.length - 1));
}

/* Linear between order statistics (type 7 of Hyndman & Fan 1996), as numpy.quantile. */
function quantiles(draws, probabilities) {
  const sorted = Float64Array.from(draws).sort();
  return probabilities.map((p) => {
    const place = p * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  });
}

/* Mean, sd, equal-tailed interval of `mass` per cent and inner one of 50 %. */
function summary(draws, mass) {
  const tail = (1 - mass / 100) / 2;
  const [lower, innerLower, innerUpper, upper] = quantiles(draws, [tail, 0.25, 0.75, 1 - tail]);
  return { mean: mean(draws), sd: sd(draws), lower, upper, inner_lower: innerLower, inner_upper: innerUpper };
}

function shareAbove(draws, margin) {
  let count = 0;
  for (const value of draws) if (value > margin) count += 1;
  return count / draws.length;
}

function shareWithin(draws, half) {
  let count = 0;
  for (const value of draws) if (value >= -half && value <= half) count += 1;
  return count / draws.length;
}

/* Draw by draw: the mean of several quantities. */
function averaged(several) {
  return combined(several, (values) => mean(values));
}

/* Draw by draw: how many of several exceed a margin. */
function countAbove(several, margin) {
  return combined(several, (values) => values.reduce((n, value) => n + (value > margin), 0));
}

function combined(several, summarised) {
  const found = new Float64Array(several[0].length);
  for (let i = 0; i < found.length; i += 1) found[i] = summarised(several.map((draws) => draws[i]));
  return found;
}

/* Fifty equally likely values: the middles of fifty parts of the distribution. */
function fifty(draws) {
  return quantiles(draws, Array.from({ length: 50 }, (_, i) => (i + 0.5) / 50));
}
