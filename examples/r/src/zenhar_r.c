/* The door between R and libzenhar: one .Call a function. */
#include <R.h>
#include <R_ext/Rdynload.h>
#include <Rinternals.h>
#include <math.h>
#include <zenhar.h>

static void check(int status)
{
    if (status > ZENHAR_DOUBTFUL)
        Rf_error("%s", zenhar_error());
}

static SEXP version(void)
{
    return Rf_mkString(zenhar_version());
}

/* NaN of the library is "there is none": NA in R. */
static void to_na(double *values, R_xlen_t n)
{
    for (R_xlen_t i = 0; i < n; i++)
        if (isnan(values[i]))
            values[i] = NA_REAL;
}

static SEXP surge(SEXP counts, SEXP options, SEXP first, SEXP last)
{
    R_xlen_t n = XLENGTH(counts);
    SEXP answer = PROTECT(Rf_allocVector(VECSXP, 5));
    for (int i = 0; i < 4; i++)
        SET_VECTOR_ELT(answer, i, Rf_allocVector(REALSXP, n));
    SET_VECTOR_ELT(answer, 4, Rf_allocVector(LGLSXP, n));
    double *columns[4];
    for (int i = 0; i < 4; i++)
        columns[i] = REAL(VECTOR_ELT(answer, i));
    check(zenhar_surge(REAL(counts), (size_t)n, CHAR(STRING_ELT(options, 0)), (size_t)Rf_asInteger(first),
                       (size_t)Rf_asInteger(last), columns[0], columns[1], columns[2], columns[3],
                       LOGICAL(VECTOR_ELT(answer, 4))));
    for (int i = 0; i < 4; i++)
        to_na(columns[i], n);
    UNPROTECT(1);
    return answer;
}

static SEXP estimate(SEXP n_lists, SEXP patterns, SEXP counts, SEXP options)
{
    size_t n = (size_t)XLENGTH(patterns);
    uint32_t *masks = (uint32_t *)R_alloc(n, sizeof *masks);
    uint64_t *persons = (uint64_t *)R_alloc(n, sizeof *persons);
    for (size_t i = 0; i < n; i++) {
        masks[i] = (uint32_t)INTEGER(patterns)[i];
        persons[i] = (uint64_t)REAL(counts)[i];
    }
    char *json = NULL;
    SEXP answer = PROTECT(Rf_allocVector(VECSXP, 4));
    SET_VECTOR_ELT(answer, 0, Rf_allocVector(REALSXP, 1));
    SET_VECTOR_ELT(answer, 1, Rf_allocVector(REALSXP, ZENHAR_QUANTILES));
    int status = zenhar_estimate((unsigned)Rf_asInteger(n_lists), n, masks, persons, CHAR(STRING_ELT(options, 0)),
                                 REAL(VECTOR_ELT(answer, 0)), REAL(VECTOR_ELT(answer, 1)), &json);
    check(status);
    SET_VECTOR_ELT(answer, 2, Rf_ScalarLogical(status == ZENHAR_DONE));
    SET_VECTOR_ELT(answer, 3, Rf_ScalarString(Rf_mkCharCE(json, CE_UTF8)));
    zenhar_free(json);
    UNPROTECT(1);
    return answer;
}

static void finish(SEXP pointer)
{
    zenhar_link_free(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

/* columns: names; rows: a character matrix, NA where missing */
static SEXP link_records(SEXP columns, SEXP rows, SEXP sources, SEXP config, SEXP options)
{
    int n_columns = Rf_length(columns), n_rows = n_columns > 0 ? Rf_length(rows) / n_columns : 0;
    const char **fields = (const char **)R_alloc((size_t)n_columns, sizeof *fields);
    for (int c = 0; c < n_columns; c++)
        fields[c] = Rf_translateCharUTF8(STRING_ELT(columns, c));
    ZenharLink *link = zenhar_link_new((size_t)n_columns, fields);
    if (link == NULL)
        check(ZENHAR_USAGE);
    SEXP owner = PROTECT(R_MakeExternalPtr(link, R_NilValue, R_NilValue));
    R_RegisterCFinalizerEx(owner, finish, TRUE); /* freed also when R leaves by an error */
    for (int r = 0; r < n_rows; r++) {
        for (int c = 0; c < n_columns; c++) {
            SEXP cell = STRING_ELT(rows, r + (R_xlen_t)c * n_rows);
            fields[c] = cell == NA_STRING ? NULL : Rf_translateCharUTF8(cell);
        }
        check(zenhar_link_add(link, (unsigned)INTEGER(sources)[r], fields));
    }
    check(zenhar_link_run(link, config == R_NilValue ? NULL : CHAR(STRING_ELT(config, 0)), CHAR(STRING_ELT(options, 0))));
    size_t n = zenhar_link_n_pairs(link);
    SEXP answer = PROTECT(Rf_allocVector(VECSXP, 6));
    SET_VECTOR_ELT(answer, 0, Rf_allocVector(INTSXP, n_rows));
    SET_VECTOR_ELT(answer, 1, Rf_allocVector(INTSXP, (R_xlen_t)n));
    SET_VECTOR_ELT(answer, 2, Rf_allocVector(INTSXP, (R_xlen_t)n));
    SET_VECTOR_ELT(answer, 3, Rf_allocVector(REALSXP, (R_xlen_t)n));
    SET_VECTOR_ELT(answer, 4, Rf_allocVector(REALSXP, (R_xlen_t)n));
    SET_VECTOR_ELT(answer, 5, Rf_ScalarString(Rf_mkCharCE(zenhar_link_config(link), CE_UTF8)));
    zenhar_link_clusters(link, (uint32_t *)INTEGER(VECTOR_ELT(answer, 0)));
    zenhar_link_pairs(link, (uint32_t *)INTEGER(VECTOR_ELT(answer, 1)), (uint32_t *)INTEGER(VECTOR_ELT(answer, 2)),
                      REAL(VECTOR_ELT(answer, 3)), REAL(VECTOR_ELT(answer, 4)));
    UNPROTECT(2);
    return answer;
}

static SEXP normalize(SEXP text, SEXP options)
{
    char *result = NULL;
    check(zenhar_normalize(Rf_translateCharUTF8(STRING_ELT(text, 0)), CHAR(STRING_ELT(options, 0)), &result));
    SEXP answer = PROTECT(Rf_ScalarString(Rf_mkCharCE(result, CE_UTF8)));
    zenhar_free(result);
    UNPROTECT(1);
    return answer;
}

static const R_CallMethodDef CALLS[] = {
    {"version", (DL_FUNC)version, 0}, {"surge", (DL_FUNC)surge, 4},         {"estimate", (DL_FUNC)estimate, 4},
    {"link_records", (DL_FUNC)link_records, 5}, {"normalize", (DL_FUNC)normalize, 2}, {NULL, NULL, 0},
};

void R_init_zenhar(DllInfo *info)
{
    R_registerRoutines(info, NULL, CALLS, NULL, NULL);
    R_useDynamicSymbols(info, FALSE);
}
