// Package sheet reads and writes tables: CSV and XLSX in, CSV and styled
// workbooks out. It knows nothing of payments.
//
// # Reading
//
// Open looks at a file's first bytes, not at its name. A workbook is read by a SAX
// reader of our own (xlsx.go, scan.go, cell.go, styles.go) over archive/zip and
// encoding/xml, and not by excelize, whose row iterator stops at a damaged part
// without an error, accepts wrong checksums, and gives neither a cell's type nor its
// format: all of which money depends on. Here every part is read to its end, so that
// the checksum is compared, rows and cells must ascend, and a reference that leads
// nowhere is an error. A number comes as the exact decimal text that the file has,
// rounded to the 15 digits that spreadsheet programs compute with, and is never a
// float.
//
// A file comes from many hands. container.go has the bounds of a zip file, xml.go
// those of its parts, and meter.go holds what comes out against what was read: a
// bomb is refused before it costs memory or time, and nothing that a
// file links to is ever followed. shared.go holds millions of shared texts in as
// many bytes.
//
// CSV is read with encoding/csv after its encoding was made sure of (csv.go).
// gocsv maps rows onto structs of known columns; an accountant's file has columns
// of its own that must come back, so it does not fit here.
//
// What makes a file unreadable as a whole is a *Refusal; its Key names the text
// in the catalogue.
//
// # Writing
//
// Book writes through excelize's stream writer: identifiers as text, money as
// numbers with two decimals, nothing ever as a formula. Splice (splice.go) copies
// an accountant's workbook part by part and writes columns beside its rows, byte
// for byte as it was but for them (rawxml.go): formulas become what they had come
// to, and what a program would follow or run is left out. zip.go packs a sheet while
// its next rows are written. What excelize spills of a large sheet to disk has no name
// there (spill.go). number.go has the one function in which an amount becomes a float.
// Annotate marks what is wrong in a copy that people go on working in (annotate.go,
// workingcopy.go, macros.go). WriteFile replaces a file as a whole, or not at all;
// WriteKnown only where it is as it was written last.
package sheet
