// Package lang is the catalogue of everything that people read: one entry per
// message, Chinese and English side by side, so that neither drifts from the
// other. Chinese is the default, and the zero Lang.
//
// A message is asked for by its key: l.T("sheet.amount.fraction", value). Keys
// are grouped by the part of the program that speaks, one file of the catalogue
// each. Code, comments and logs are English and do not come from here; nor do
// state names, error codes and column names that programs rely on.
//
// The package's test reads the whole source tree: a key that is used and not in
// the catalogue fails, and so does one that is in the catalogue and not used,
// or whose two texts take different arguments.
package lang
