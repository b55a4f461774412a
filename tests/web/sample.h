/* tests/web/sample.h: a path for each route of the application. */
#pragma once
#include "support.h"
#include "web/app.h"
#include <string.h>

/* A path that the route answers with 200 in this case. */
static char *sample_of(const WebRoute *route)
{
    static const struct {
        const char *route, *rest;
    } RESTS[] = {
        {"/reports/*", "R1"},         {"/originals/*", "O1"},
        {"/downloads/*", "O1"},       {"/proofs/*", "R1"},
        {"/persons/*", "P1"},         {"/acts/*", "A1"},
        {"/records/*", "FG1"},        {"/alarms/*", "AL1"},
        {"/charts/*", "curve.svg"},   {"/series/*", "SE1.svg"},
        {"/users/*", "US5"},          {"/correct/*", "R1"},
        {"/quarantine/*", "Q1"},      {"/reveal/*", "T1"},
        {"/review/*", "T61-T62"},     {"/csv/*", "report"},
        {"/api/lists/*", "report"},   {"/api/records/*", "R1"},
        {"/api/trace/*", "R1"},       {"/api/series/*", "SE1"},
        {"/api/alarms/*", "AL1"},     {"/api/grades/*", "R1"},
        {"/review-svg/*", "T61-T62"}, {"/review-names/*", "T61-T62"},
        {"/letters/*", "AP1"},        {"/letter-pdf/*", "AP1.pdf"},
        {"/seal/*", "AP1"},           {"/deliver/*", "AP1"},
        {"/signatories/*", "AP1"},    {"/withdraw/*", "SG1"},
        {"/receipts/*", "DL1"},       {"/respond/*", "DL1"},
        {"/judge/*", "RS1"},          {"/pairs/*", "T61-T62"},
        {"/undo/*", "LK1"},           {"/keyed/*", "AP1"},
        {"/draft/*", "AP1"},          {"/versions/*", "AP1"},
        {"/api/letters/*", "AP1"},    {"/api/drafts/*", "AP1"},
        {"/api/seals/*", "AP1"},      {"/api/signatories/*", "AP1"},
        {"/api/signatures/*", "AP1"}, {"/api/withdrawals/*", "SG1"},
        {"/api/receipts/*", "DL1"},   {"/api/responses/*", "DL1"},
        {"/api/judgements/*", "RS1"}, {"/api/pairs/*", "T61-T62"},
        {"/api/undo/*", "LK1"},       {"/api/corrections/*", "R1"},
        {"/api/quarantine/*", "Q1"},
    };
    if (strcmp(route->path, "/same") == 0)
        return g_strdup("/same?person=P1&other=P2");
    if (!g_str_has_suffix(route->path, "*"))
        return g_strdup(route->path);
    for (gsize i = 0; i < G_N_ELEMENTS(RESTS); i++)
        if (strcmp(RESTS[i].route, route->path) == 0)
            return g_strdup_printf("%.*s%s", (int)strlen(route->path) - 1, route->path,
                                   RESTS[i].rest);
    return g_strdup_printf("%.*sX", (int)strlen(route->path) - 1, route->path);
}
