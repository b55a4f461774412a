/* render/frame.h: axes and legends that the charts share. */
#pragma once
#include "render/canvas.h"

typedef struct {
    Canvas *canvas;
    double left, right, top, bottom; /**< the plot, in canvas units */
    double x_first, x_last;          /**< what left and right stand for */
    double y_first, y_last;          /**< what bottom and top stand for */
    bool root;                       /**< heights grow with the square root of the value */
} Frame;

double frame_x(const Frame *frame, double x);
double frame_y(const Frame *frame, double y);
/** A round number at or above y, for the end of an axis. */
double frame_round_up(double y);
/** Lines and numbers from 0 up; whole numbers when `whole`. */
void frame_value_axis(const Frame *frame, bool whole);
/** Days along x: years, months or days as they fit, in the calendar of the language. */
void frame_day_axis(const Frame *frame);
/** Years along x, Gregorian, with the Solar Hijri year below in Persian. */
void frame_year_axis(const Frame *frame);

typedef enum { KEY_MARK, KEY_HOLLOW_MARK, KEY_LINE, KEY_DASHES, KEY_AREA } FrameKeyKind;
typedef struct {
    FrameKeyKind kind;
    CanvasMark mark;
    CanvasInk ink;
    const char *label;
} FrameKey;
/** Keys side by side from (x, y) on, in as many lines as they need; returns the height below the
 *  last. */
double frame_legend(Canvas *canvas, double x, double y, double width, gsize n_keys,
                    const FrameKey keys[]);
/** A title above a chart; returns where the next thing may begin. */
double frame_title(Canvas *canvas, const char *title);
