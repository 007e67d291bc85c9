// Package intake reads an accountant's table as bills: it finds the sheet and
// the header row, maps headings onto the API's fields, and turns each row into a
// batch.Bill or into problems that name the cell, the value, and how to mend it.
//
// # What is never guessed
//
// An amount's unit comes from its heading or from --amount-unit. Identifiers are
// text: a number in such a cell may have lost leading zeros or its last digits,
// and is refused. An amount that is shown other than it is stored (hidden
// decimals, thousands, percent) is refused. Every problem of a file is found in
// one pass, and a row with a problem is never sent; a problem of the file as a
// whole (*sheet.Refusal) refuses all of it.
//
// # What is said
//
// Hidden rows and columns, formulas, marks that nobody sees, and whatever else is
// read though somebody may not expect it, comes as one note for the file each
// (notes.go). Rows that are no bills, such as totals, are checked where they can
// be, counted, and named: rows in are rows handed on and rows skipped.
//
// fields.go has the headings, header.go how they are found, results.go what an
// earlier run wrote beside the rows, values.go, amount.go and format.go how a cell
// becomes a value, closing.go totals, card.go why a column of card numbers refuses
// the file, read.go the pass over the rows.
package intake
