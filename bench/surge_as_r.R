# Side by side with R's surveillance: random series and settings, both programs in one run.
#   Rscript bench/surge_as_r.R ZENHAR RUNS SEED
# Prints a Markdown table: values compared, how many differ by more than 1e-6 relative (1e-10
# absolute), alarms that differ, and each program's own time. Needs the package surveillance.
suppressMessages(suppressWarnings(library(surveillance)))
arguments <- commandArgs(TRUE)
zenhar <- arguments[1]
runs <- as.integer(arguments[2])
set.seed(as.integer(arguments[3]))
folder <- tempfile("surge")
dir.create(folder)

random_series <- function(n, freq) {
  mean <- exp(runif(1, log(0.2), log(150)))
  t <- seq_len(n)
  mu <- mean * exp(runif(1, -0.5, 0.5) * t / n + runif(1, 0, 0.9) * cos(2 * pi * t / freq))
  size <- exp(runif(1, -0.5, 4))
  y <- rnbinom(n, mu = mu, size = size)
  for (k in seq_len(sample(0:4, 1))) {
    at <- sample(n, 1)
    y[at] <- y[at] + rpois(1, 3 * sqrt(mean) + 3)
  }
  y
}

random_control <- function(freq) {
  b <- sample(1:6, 1)
  list(b = b, w = if (freq == 12) 1 else sample(1:5, 1),
       reweight = runif(1) < 0.8, weightsThreshold = sample(c(1, 1.5, 2.58, 3.5), 1),
       alpha = sample(c(0.001, 0.005, 0.01, 0.05), 1), trend = runif(1) < 0.7,
       pThresholdTrend = sample(c(0.05, 0.3, 1), 1),
       limit54 = sample(list(c(5, 4), c(0, 4), c(10, 6)), 1)[[1]],
       powertrans = sample(c("2/3", "1/2", "none"), 1),
       noPeriods = if (freq == 12) sample(1:3, 1) else sample(c(1, 2, 5, 8, 10, 12), 1),
       pastWeeksNotIncluded = sample(c(2, 5, 10, 26), 1),
       thresholdMethod = sample(c("delta", "nbPlugin", "muan"), 1), glmWarnings = FALSE)
}

flags_of <- function(k, freq, range) {
  c("signal", "surge", "-", "--method", "farrington-flexible", "--by-position",
    "--freq", freq, "--range", paste0(min(range), ":", max(range)), "--years-back", k$b,
    "--half-window", k$w, "--periods", k$noPeriods, "--exclude-recent", k$pastWeeksNotIncluded,
    if (!k$reweight) "--no-reweight", "--weights-threshold", k$weightsThreshold,
    if (!k$trend) "--no-trend", "--trend-p", k$pThresholdTrend,
    "--threshold-method", k$thresholdMethod, "--alpha", k$alpha, "--power", k$powertrans,
    "--limit-cases", k$limit54[1], "--limit-weeks", k$limit54[2])
}

differ <- function(ours, theirs) {
  gap <- is.na(ours) != is.na(theirs)
  both <- !is.na(ours) & !is.na(theirs)
  far <- abs(ours - theirs) > pmax(1e-6 * pmax(abs(ours), abs(theirs)), 1e-10)
  gap | (both & far & is.finite(theirs))
}

compared <- 0
wrong <- c(upper = 0, expected = 0, score = 0, pvalue = 0, alarm = 0)
seconds <- c(R = 0, zenhar = 0)
refused <- 0
for (run in seq_len(runs)) {
  freq <- sample(c(52, 52, 52, 12), 1)
  control <- random_control(freq)
  n <- (control$b + 1) * freq + control$w + sample(30:90, 1)
  y <- random_series(n, freq)
  control$range <- (n - 19):n
  series <- sts(observed = y, start = c(2001, 1), frequency = freq)
  t0 <- proc.time()[["elapsed"]]
  r <- tryCatch(suppressWarnings(farringtonFlexible(series, control)), error = function(e) e)
  seconds["R"] <- seconds["R"] + proc.time()[["elapsed"]] - t0
  file <- file.path(folder, "series.csv")
  write.csv(data.frame(index = seq_len(n), count = y), file, row.names = FALSE, quote = FALSE)
  t0 <- proc.time()[["elapsed"]]
  out <- suppressWarnings(system2(zenhar, flags_of(control, freq, control$range), stdin = file,
                                  stdout = TRUE, stderr = file.path(folder, "words")))
  seconds["zenhar"] <- seconds["zenhar"] + proc.time()[["elapsed"]] - t0
  if (inherits(r, "error")) {
    refused <- refused + 1
    next
  }
  if (length(out) < 2) {
    cat("run", run, "no answer:", readLines(file.path(folder, "words")), "\n")
    cat(flags_of(control, freq, control$range), "\n")
    wrong["upper"] <- wrong["upper"] + length(control$range)
    next
  }
  ours <- read.csv(text = out)
  theirs <- data.frame(upper = r@upperbound[, 1], expected = r@control$expected[, 1],
                       score = r@control$score[, 1], pvalue = r@control$pvalue[, 1],
                       alarm = as.numeric(r@alarm[, 1]))
  compared <- compared + nrow(theirs)
  for (what in names(wrong)) {
    bad <- differ(as.numeric(ours[[what]]), theirs[[what]])
    wrong[what] <- wrong[what] + sum(bad)
    if (any(bad) && Sys.getenv("SURGE_VERBOSE") != "") {
      i <- which(bad)[1]
      cat(sprintf("run %d week %d %s: ours %.12g R %.12g (%d bad)\n", run, i, what,
                  as.numeric(ours[[what]])[i], theirs[[what]][i], sum(bad)))
      cat(flags_of(control, freq, control$range), "\n")
      if (Sys.getenv("SURGE_VERBOSE") == run) file.copy(file, "series-that-differs.csv", TRUE)
    }
  }
}
cat("| compared with R on random series and settings | figure |\n|---|---|\n")
cat(sprintf("| settings; series-weeks compared; settings R refuses | %d; %d; %d |\n", runs, compared,
            refused))
cat(sprintf("| differ: upper, expected, score, p-value, alarm | %s |\n",
            paste(wrong, collapse = ", ")))
cat(sprintf("| ms a series-week: R in its process; ours with starting a process each time | %.2f; %.3f |\n",
            1000 * seconds["R"] / (runs * 20), 1000 * seconds["zenhar"] / (runs * 20)))
unlink(folder, recursive = TRUE)
