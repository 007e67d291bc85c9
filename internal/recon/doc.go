// Package recon holds what the checkpoints say against what UMS's statements say,
// and makes the reconciliation workbook of it. It is pure over a Source of rows,
// open statements, and the carry-over book's text: it opens none of them.
//
// # The tie-out
//
// What was imported, by the count that each file left at its import, equals what
// is completed, declined, unknown, held, pending, invalid and duplicate, by
// counting the rows as they stand: in rows and in fen, batch by batch. And what
// completed rows asked for equals what was completed and the discounts on it.
// Where either does not hold of any batch, something is lost, and the workbook
// says so in its first lines. It prints the batches that the selected days touch:
// those with a row that settled on one, those imported on one, and those that do
// not tie out; every row of theirs stands in the details, once.
//
// # Who belongs together
//
// A row and a line of a completion find each other by mid and 检索号 = paySeqId,
// or by mid and 商户订单号 = order id; pairs are made one to one, the best first:
// both keys, 检索号, order id with the amount, order id alone (consider.go finds
// what could belong together, pair.go decides). Days play no part in that, and
// neither does the selection. Amounts agree when they are
// equal to the fen, beyond a configured tolerance, or when they are once the
// discount that both sides state is taken off. A retried row looks for its earlier
// order ids too: one that was settled after all is a bill collected twice.
//
// Every completed row that the statements are expected to have, and every line of
// theirs, then has one Place. A pair that differs in more than one respect has the
// first of: not known by us, amount, settle date, fee. A reversal or refund is a
// break of its own beside the pair that it undoes.
//
// # Which day counts
//
// Settle dates are the gateway's and the statement's; none is computed. Around
// 23:00 the two may be a day apart, so the selection never decides who is matched,
// only what is missed:
//
//   - A row without a line is only ours if its settle date is selected; where no
//     day is selected, if it lies within the days that the statements have of its
//     merchant. A row without a settle date is never missed: it stands apart.
//   - A line without a row is only UMS's if its day is selected.
//   - A pair counts if the row's day or the line's is selected: a row of the 20th
//     that the statement has on the 21st is a difference of settle dates in either
//     day's workbook, and is missed in neither. A pair of other days, or of a batch
//     that was not asked for, is out of scope.
//   - What an earlier day left open is in scope whatever its day, until it clears.
//
// # Carry-over
//
// The lines of open breaks come back as if they stood in today's statements, and
// their rows as if they had been selected; so whatever cleared them is found by
// the same rules (carry.go). A break of a row whose checkpoint or batch is not
// looked at today stays as it is. That a bill was settled twice or undone does not
// pass by itself: it stays until it is explained.
//
// # How it is made
//
// Rows are never held in memory: a Source gives them as often as it is asked. The
// first pass counts (tally.go) and matches; of each row and line it keeps a few
// numbers and hashes (match.go), and the lines' texts go to a file without a name. Further passes tell the breaks and write the sheets. Amounts are in fen
// throughout, and the same rows at the same moment give the same cells.
package recon
