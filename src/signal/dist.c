/* Loader, C. (2000) "Fast and accurate computation of binomial probabilities":
 * a density is the deviance part (loader_part) times Stirling's error terms;
 * nothing large is subtracted from anything large. */
#include "signal/dist.h"
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

static const double LOG_2PI = 1.837877066409345483560659472811;

/* Above this mean sums would be long. */
static const double SUM_LIMIT = 1e5;
static const double NORMAL_LIMIT = 1e9;

/* log(n!) - log(sqrt(2 pi n) (n/e)^n) */
static double stirling_error(double n)
{
    if (n <= 15)
        return lgamma(n + 1) - (n + 0.5) * log(n) + n - 0.5 * LOG_2PI;
    double nn = n * n;
    if (n > 500)
        return (1.0 / 12 - 1.0 / 360 / nn) / n;
    if (n > 80)
        return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / nn) / nn) / n;
    if (n > 35)
        return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / 1680 / nn) / nn) / nn) / n;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / nn) / nn) / nn) / nn) /
           n;
}

/* x log(x/m) + m - x, exact near x = m */
static double loader_part(double x, double m)
{
    if (fabs(x - m) < 0.1 * (x + m)) {
        double v = (x - m) / (x + m), sum = (x - m) * v, term = 2 * x * v;
        for (int j = 1; j < 1000; j++) {
            term *= v * v;
            double next = sum + term / (2 * j + 1);
            if (next == sum)
                break;
            sum = next;
        }
        return sum;
    }
    return x * log(x / m) + m - x;
}

static double poisson_density(double x, double mean)
{
    if (mean <= 0)
        return x == 0 ? 1 : 0;
    if (x == 0)
        return exp(-mean);
    return exp(-stirling_error(x) - loader_part(x, mean)) / sqrt(2 * M_PI * x);
}

/* Binomial form with real arguments: p^x q^(n-x) n! / x! (n-x)! */
static double binomial_log(double x, double n, double p, double q)
{
    if (x <= 0)
        return n * (p < 0.1 ? log1p(-p) : log(q));
    if (x >= n)
        return n * (q < 0.1 ? log1p(-q) : log(p));
    double part = stirling_error(n) - stirling_error(x) - stirling_error(n - x) -
                  loader_part(x, n * p) - loader_part(n - x, n * q);
    return part - 0.5 * (LOG_2PI + log(x) + log1p(-x / n));
}

double dist_nb_density(double x, double mean, double phi)
{
    if (phi <= 1)
        return poisson_density(x, mean);
    double size = mean / (phi - 1), p = 1 / phi, q = (phi - 1) / phi;
    if (mean <= 0)
        return x == 0 ? 1 : 0;
    if (x == 0)
        return exp(size * log(p));
    if (size < 1e-10 * x) /* all mass near 0: size/x q^x */
        return exp(log(size / x) + x * log(q) + size * log(p));
    return size / (size + x) * exp(binomial_log(size, x + size, p, q));
}

double dist_nb_log_density(double x, double mean, double size)
{
    if (mean <= 0)
        return x == 0 ? 0 : -INFINITY;
    if (size > 1e10 * (1 + mean + x))
        return x == 0 ? -mean
                      : -stirling_error(x) - loader_part(x, mean) - 0.5 * (LOG_2PI + log(x));
    double p = size / (size + mean), q = mean / (size + mean);
    if (x == 0)
        return -size * log1p(mean / size);
    return log(size / (size + x)) + binomial_log(size, x + size, p, q);
}

/* Lentz's continued fraction for I_x(a, b). */
static double beta_fraction(double x, double a, double b)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double h = d;
    for (int m = 1; m < 1000000; m++) {
        double e = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        for (int half = 0; half < 2; half++) {
            d = 1 + e * d;
            c = 1 + e / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = fabs(c) < tiny ? tiny : c;
            h *= c * d;
            if (half == 1 && fabs(c * d - 1) < 4 * DBL_EPSILON)
                return h;
            e = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        }
    }
    return h;
}

double dist_beta(double x, double a, double b)
{
    if (x <= 0)
        return 0;
    if (x >= 1)
        return 1;
    /* x^a (1-x)^b / B(a, b), by the binomial form */
    double front = exp(binomial_log(a, a + b, x, 1 - x)) * a * b / (a + b);
    if (x < (a + 1) / (a + b + 2))
        return fmin(front * beta_fraction(x, a, b) / a, 1);
    return fmax(1 - front * beta_fraction(1 - x, b, a) / b, 0);
}

double dist_t_two_sided(double t, double df)
{
    if (!isfinite(t))
        return isnan(t) ? NAN : 0;
    return dist_beta(df / (df + t * t), df / 2, 0.5);
}

double dist_normal_tail(double z)
{
    return 0.5 * erfc(z * M_SQRT1_2);
}

double dist_normal_upper(double alpha)
{
    return gsl_cdf_ugaussian_Qinv(alpha);
}

/* Ratio P(x + 1) / P(x). */
static double ratio(double x, double mean, double phi)
{
    if (phi <= 1)
        return mean / (x + 1);
    double size = mean / (phi - 1), q = (phi - 1) / phi;
    return (x + size) / (x + 1) * q;
}

/* One division a term: a long tail has a thousand of them. */
static double sum_up(double x, double mean, double phi)
{
    double term = dist_nb_density(x, mean, phi), sum = term;
    double q = phi <= 1 ? 0 : (phi - 1) / phi, shift = phi <= 1 ? mean : mean / phi;
    for (;; x++) { /* P(x + 1) / P(x) = (q x + q size) / (x + 1), and q size = mean / phi */
        double r = (q * x + shift) / (x + 1);
        term *= r;
        sum += term;
        if (term == 0 || (r < 1 && term < 1e-16 * sum * (1 - r)))
            return sum;
    }
}

static double sum_down(double x, double mean, double phi)
{
    double term = dist_nb_density(x, mean, phi), sum = term;
    for (; x > 0; x--) {
        term /= ratio(x - 1, mean, phi);
        sum += term;
        if (term < 1e-18 * sum)
            break;
    }
    return sum;
}

double dist_nb_tail(double x, double mean, double phi)
{
    if (x <= 0)
        return 1;
    if (mean <= 0)
        return 0;
    if (mean <= SUM_LIMIT) {
        /* A large variance makes the sum upwards long: past this the beta form. */
        if (phi > 1e4)
            return dist_beta((phi - 1) / phi, x, mean / (phi - 1));
        return x > mean ? fmin(sum_up(x, mean, phi), 1) : fmax(1 - sum_down(x - 1, mean, phi), 0);
    }
    if (mean > NORMAL_LIMIT || phi <= 1) {
        /* Wilson and Hilferty's cube root, of the gamma that the count tends to */
        double shape = phi <= 1 ? mean : mean / (phi - 1), s = phi <= 1 ? 1 : phi / (phi - 1);
        shape *= phi <= 1 ? 1 : 1 / s;
        double z = (cbrt(fmax(x - 0.5, 0) / mean) - (1 - 1 / (9 * shape))) * 3 * sqrt(shape);
        return dist_normal_tail(z);
    }
    return dist_beta((phi - 1) / phi, x, mean / (phi - 1));
}

double dist_nb_upper(double alpha, double mean, double phi)
{
    if (!isfinite(mean))
        return INFINITY;
    double sd = sqrt(mean * fmax(phi, 1)), z = dist_normal_upper(alpha);
    double skew = (2 * fmax(phi, 1) - 1) / sd;
    double x = fmax(0, floor(mean + sd * (z + skew * (z * z - 1) / 6)));
    if (mean > NORMAL_LIMIT)
        return x;
    if (mean > SUM_LIMIT || phi > 1e4) {
        double low = -1, high = fmax(2 * x, 16); /* P(Y > low) > alpha >= P(Y > high) */
        while (dist_nb_tail(high + 1, mean, phi) > alpha)
            high *= 2;
        while (high - low > 1) {
            double middle = floor((low + high) / 2);
            if (dist_nb_tail(middle + 1, mean, phi) > alpha)
                low = middle;
            else
                high = middle;
        }
        return high;
    }
    /* Walk from the guess with the tail kept up to date. A little slack, as R has,
     * for tails that meet alpha but for the last bit. */
    double limit = alpha * (1 + 64 * DBL_EPSILON);
    double tail = dist_nb_tail(x + 1, mean, phi), density;
    if (tail > limit) {
        density = dist_nb_density(x + 1, mean, phi);
        while (tail > limit) {
            x++;
            tail -= density;
            density *= ratio(x, mean, phi);
        }
    } else {
        density = dist_nb_density(x, mean, phi);
        while (x > 0 && tail + density <= limit) {
            tail += density;
            x--;
            density /= ratio(x, mean, phi);
        }
    }
    return x;
}
