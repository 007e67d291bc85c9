package batch

import (
	"container/heap"
	"time"
)

// kind is what is to be done about a row.
type kind uint8

const (
	toQuery kind = iota // ask about an unknown row
	toSend              // send a pending row
	toDate              // ask for the settle date of a completed row
)

// task is something to be done about one row at or after a moment.
type task struct {
	due  time.Time
	id   int64
	kind kind
	row  *Row // as it was read; nil where it is read again when its time comes
}

// agenda holds the tasks by their due time, the earliest first; of two that are
// due together, the lower row first, so that a run's order depends on nothing
// but times and rows.
type agenda []task

func (a agenda) Len() int      { return len(a) }
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a agenda) Less(i, j int) bool {
	if !a[i].due.Equal(a[j].due) {
		return a[i].due.Before(a[j].due)
	}
	return a[i].id < a[j].id
}
func (a *agenda) Push(x any) { *a = append(*a, x.(task)) }
func (a *agenda) Pop() any {
	last := len(*a) - 1
	x := (*a)[last]
	*a = (*a)[:last]
	return x
}

func (a *agenda) add(t task) { heap.Push(a, t) }

// next gives the earliest due time, and false for an empty agenda.
func (a agenda) next() (time.Time, bool) {
	if len(a) == 0 {
		return time.Time{}, false
	}
	return a[0].due, true
}

// take removes the earliest task where it is due at now.
func (a *agenda) take(now time.Time) (task, bool) {
	due, ok := a.next()
	if !ok || due.After(now) {
		return task{}, false
	}
	return heap.Pop(a).(task), true
}
