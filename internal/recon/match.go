package recon

import (
	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
)

// mark is what is kept in memory of a row of ours.
type mark struct {
	amount money.Fen // completed, or asked for
	line   int32     // the line that it belongs to; none: none
	number int32     // of the row, in its batch
	batch  int32     // in matcher.batches
	place  Place
	flags  uint8
}

const (
	ownRow    = 1 << iota // of a batch that the workbook is about
	inScope               // the statements are expected to have it
	completed             // it is
	isOpen                // what came of it is not known
	undone                // a line says that it was reversed
	uncovered             // no line at all is of its merchant and day
)

// edge says that a row and a line could belong together, and how well they fit:
// the lower the rank, the better.
type edge struct {
	tie       uint64 // the row's own, whatever its place in the order
	row, line int32
	rank      uint8
}

// A rank is, from its highest bits: by what they found each other; the row's
// state; whether the amounts differ; whether the settle dates differ.
const (
	byBoth    uint8 = iota << 4 // 检索号 and 商户订单号
	byRef                       // 检索号
	byOrder                     // 商户订单号, and the amount
	byOrderID                   // 商户订单号 alone
	byOldID                     // an order id that the row had before it was retried
)
const (
	isDeclined  uint8 = 2 << 2
	isNotKnown  uint8 = 1 << 2
	otherAmount uint8 = 1 << 1
	otherDate   uint8 = 1
	stateOfRank uint8 = 3 << 2
	foundOfRank uint8 = 7 << 4
)

// finding is a break before its texts are known.
type finding struct {
	place     Place
	row, line int32
	why       string
}

// matcher finds out which row and which line belong together.
type matcher struct {
	source     Source
	selection  Selection
	lines      *lines
	tolerance  []money.Fen // by file
	statements bool        // there are any, beside what was carried over
	// periods is from when to when the statements have lines of a merchant, and
	// covered each merchant's days.
	periods map[string][2]string
	covered map[[2]string]bool
	// carriedRows are the bills of open breaks of earlier days; true once met.
	carriedRows map[key]bool
	strangers   []stranger
	cameFrom    map[int32]string // the file that a carried line stood in

	batches   numbers
	marks     []mark
	edges     []edge
	reversals []edge
	// ofCompletion tells of each word whether it names a completion.
	ofCompletion map[int32]bool
	misnamed     map[int32]int // lines of other business that have an order id of ours, by word
	findings     []finding
}

// expected is the amount that a statement should show for a row.
func expected(row batch.Row) money.Fen {
	if row.State == batch.Completed {
		return row.Payment.TotalAmount
	}
	return row.Amount
}
