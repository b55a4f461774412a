/* cli/link_report.h: what the linkage found, on one page. */
#pragma once
#include "cli/link_files.h"

/** One self-contained HTML page, inline SVG, no script: blocking table, model, match weights,
 *  waterfalls of pairs near the threshold, weak bridges, and with the truth precision and recall by
 * threshold. score may be NULL. */
bool link_report_write(const LinkFiles *files, const LinkPrepared *prepared,
                       const LinkConfig *config, const LinkResult *result, const LinkScore *score,
                       double threshold, const char *path, GError **error);
