# Farrington flexible by R's surveillance and by zenhar on the same file, in one run.
#   Rscript bench/surge_beside_r.R ZENHAR SHARED [UNITS]
# fluBYBW40 (more/README.md of the reference): UNITS districts, their last 52 weeks, b = 4, nbPlugin.
# Prints a Markdown row each: whole process, user time; and how often each is as fast.
suppressMessages(suppressWarnings(library(surveillance)))
arguments <- commandArgs(TRUE)
zenhar <- arguments[1]
units <- if (length(arguments) > 2) as.integer(arguments[3]) else 10L
path <- file.path(arguments[2], "reference/surveillance/more/fluBYBW40.series.csv")
counts <- read.csv(path, check.names = FALSE)
units <- min(units, ncol(counts) - 1L)
part <- tempfile(fileext = ".csv")
write.csv(counts[, seq_len(units + 1L)], part, row.names = FALSE, quote = FALSE)
n <- nrow(counts)
range <- (n - 51):n
weeks <- units * 52
control <- list(range = range, b = 4, w = 3, noPeriods = 10, weightsThreshold = 2.58,
                pastWeeksNotIncluded = 26, pThresholdTrend = 1, alpha = 0.01,
                thresholdMethod = "nbPlugin", glmWarnings = FALSE)
series <- sts(observed = as.matrix(counts[, 1L + seq_len(units)]), frequency = 52)
r <- system.time(result <- farringtonFlexible(series, control = control))
flags <- c("signal", "surge", part, "--freq", "52", "--years-back", "4", "--periods", "10",
           "--exclude-recent", "26", "--trend-p", "1", "--alpha", "0.01",
           "--threshold-method", "nbPlugin", "--range", paste0(range[1], ":", n),
           "--threads", "1", "--out", tempfile())
once <- function() {
  t <- system.time(system2(zenhar, flags))
  t["user.child"] + t["sys.child"]
}
ours <- median(sapply(1:9, function(i) once()))
start <- median(sapply(1:9, function(i) {
  t <- system.time(system2(zenhar, "--version", stdout = FALSE))
  t["user.child"] + t["sys.child"]
}))
table <- read.csv(flags[length(flags)])
upper <- as.vector(upperbound(result))
told <- !is.na(upper) & !is.na(table$upper)
ms <- function(seconds) sprintf("%.3f", 1000 * seconds / weeks)
r_time <- unname(r["user.self"] + r["sys.self"])
cat(sprintf("| fluBYBW40, %d districts, %d series-weeks, processor time | ms a series-week | R is slower |\n", units, weeks))
cat("|---|---|---|\n")
cat(sprintf("| R %s, surveillance %s, the call alone | %s | |\n", getRversion(),
            packageVersion("surveillance"), ms(r_time)))
cat(sprintf("| zenhar, whole process, one thread | %s | %.0f times |\n", ms(ours), r_time / ours))
cat(sprintf("| zenhar, without the %.0f ms in which the program starts | %s | %.0f times |\n",
            1000 * start, ms(ours - start), r_time / (ours - start)))
cat(sprintf("\nBounds: %d, the largest relative difference %.1g; empty in the same weeks: %s.\n", sum(told),
            max(abs(table$upper[told] - upper[told]) / pmax(abs(upper[told]), 1e-9)),
            if (all(is.na(upper) == is.na(table$upper))) "yes" else "no"))
