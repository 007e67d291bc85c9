package intake

import (
	"slices"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
)

// ResultColumns are the columns that results stand in beside the accountant's
// own, by their keys in the catalogue: a contract.
var ResultColumns = []string{"state", "code", "message", "advice", "settleDate", "completed", "paid", "discount", "paySeqId", "target", "orderId", "attempts", "updatedAt"}

// ResultHeadings gives their headings.
func ResultHeadings(l lang.Lang) []string {
	var titles []string
	for _, c := range ResultColumns {
		titles = append(titles, l.T("batchcomplete.results."+c))
	}
	return titles
}

// Span is a run of columns, from the first to before the last; the zero Span is
// none.
type Span struct{ From, To int }

// Has tells whether a column lies in it.
func (s Span) Has(column int) bool { return column >= s.From && column < s.To }

// surely is how many result columns must stand side by side to be ours: an
// office may have a 状态 of its own.
const surely = 5

// findResults finds the results that an earlier run wrote beside the rows: our
// headings, in our order, whichever of the later ones somebody took out. The
// orderId column's place comes with them, -1 for none.
func findResults(texts []string) (Span, int) {
	for _, l := range []lang.Lang{lang.Zh, lang.En} {
		var titles []string
		for _, title := range ResultHeadings(l) {
			titles = append(titles, fold(title))
		}
		for from := range texts {
			to, next, orderID := from, 0, -1
			for to < len(texts) {
				at := slices.Index(titles[next:], fold(texts[to]))
				if at < 0 || next < surely && at > 0 {
					break
				}
				if next += at; ResultColumns[next] == "orderId" {
					orderID = to
				}
				next, to = next+1, to+1
			}
			if to-from >= surely {
				return Span{from, to}, orderID
			}
		}
	}
	return Span{}, -1
}

// generations is how many of a bill's order ids are tried when it is asked whose
// they are.
const generations = 8

// foreign tells which other environment an order id was made for; "" where it is
// ours, or was not made by us.
func foreign(orderID string, id batch.Identity, ours string, others []string) string {
	made := func(env string) bool {
		for g := range generations {
			if batch.OrderID(env, orderID[:4], id, g) == orderID {
				return true
			}
		}
		return false
	}
	if len(orderID) < 6 || made(ours) {
		return ""
	}
	for _, env := range others {
		if made(env) {
			return env
		}
	}
	return ""
}
