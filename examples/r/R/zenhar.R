# Zenhar's engines in R. Settings are those of the command line, with "_" or "." for "-":
#   zenhar_surge(counts, method = "farrington-flexible", half_window = 3)

as_options <- function(...) {
  given <- list(...)
  if (length(given) == 0) return("")
  values <- vapply(given, function(x) if (is.logical(x)) as.character(as.integer(x)) else as.character(x), "")
  paste(gsub("[_.]", "-", names(given)), values, sep = "=", collapse = " ")
}

zenhar_version <- function() .Call(version)

# Each interval of a series against those before it: a data frame, NA where there is no number.
zenhar_surge <- function(counts, ..., first = 0L, last = 0L) {
  answer <- .Call(surge, as.double(counts), as_options(...), as.integer(first), as.integer(last))
  names(answer) <- c("expected", "upper", "score", "pvalue", "alarm")
  cbind(data.frame(count = counts), as.data.frame(answer))
}

# lists: a data frame of 0 and 1, one column a list; count: persons of each row.
zenhar_estimate <- function(lists, count = rep(1, nrow(lists)), ...) {
  masks <- as.integer(as.matrix(lists) %*% 2^(seq_along(lists) - 1))
  answer <- .Call(estimate, length(lists), masks, as.double(count), as_options(...))
  names(answer) <- c("estimate", "quantiles", "reliable", "json")
  names(answer$quantiles) <- c("2.5%", "25%", "50%", "75%", "97.5%")
  answer
}

# records: a data frame; source: 0 to 255 for each row. Rows of $pairs and $clusters count from 1.
zenhar_link <- function(records, source = rep(0L, nrow(records)), config = NULL, ...) {
  rows <- vapply(records, as.character, character(nrow(records)))
  answer <- .Call(link_records, names(records), rows, as.integer(source), config, as_options(...))
  list(clusters = answer[[1]] + 1L,
       pairs = data.frame(left = answer[[2]] + 1L, right = answer[[3]] + 1L, weight = answer[[4]], probability = answer[[5]]),
       config = answer[[6]])
}

zenhar_normalize <- function(text, ...) vapply(text, function(one) .Call(normalize, one, as_options(...)), "", USE.NAMES = FALSE)
