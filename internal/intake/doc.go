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
// fields.go has the headings, header.go how they are found, values.go how a cell
// becomes a value, read.go the pass over the rows.
package intake
