// Package recon makes the reconciliation workbook from what the checkpoints
// hold: it counts, ties out, and lays out the sheets.
//
// # The tie-out
//
// What was imported, by the count that each file left at its import, equals what
// is completed, declined, unknown, held, pending, invalid and duplicate, by
// counting the rows as they stand: in rows and in fen. And what completed rows
// asked for equals what was completed and the discounts on it. Where either does
// not hold, something is lost, and the workbook says so in its first line.
//
// # How it is made
//
// Rows are never held in memory: a Source gives them as often as it is asked.
// The first pass counts (tally.go), the second writes (workbook.go). Settle dates
// are the gateway's; none is computed. Amounts are in fen throughout, and the
// same rows at the same moment give the same cells.
package recon
