// Package money holds the one type that an amount has in this program: Fen, an
// integer count of fen (1 yuan = 100 fen).
//
// An amount is parsed exactly or refused; nothing is rounded, guessed or
// passed through a float. A spreadsheet's cell needs a float64 to be a number,
// and the sheet package makes it at the moment of writing; nothing else does.
package money
