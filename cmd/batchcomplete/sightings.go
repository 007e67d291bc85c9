package main

import (
	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/money"
)

// sightings is what a file's rows turn out to be, before any is sent.
type sightings struct {
	days     map[day]jsonSum              // rows without a problem
	before   map[origin]jsonSum           // rows that another batch has already
	changed  jsonSum                      // rows that another batch has, and differently
	accepted map[batch.Identity]money.Fen // those of them that take the other's place
	apart    jsonSum                      // duplicates of the real checkpoint's rows, which check's own does not count
	within   [][2]int                     // rows that repeat one of the same file, each with that one: the first of them
	repeated int                          // how many such rows there are
}

type day struct{ mid, billDate string }

type origin struct {
	batch string
	state batch.State
}

// namedRepeats is how many rows that repeat one of their own file are named.
const namedRepeats = 1000

func newSightings() sightings {
	return sightings{days: map[day]jsonSum{}, before: map[origin]jsonSum{}, accepted: map[batch.Identity]money.Fen{}}
}

func (s jsonSum) plus(rows int, fen money.Fen) jsonSum { return jsonSum{s.Rows + rows, s.Fen + fen} }

// add counts a row of the batch of that name, by what it was taken for.
func (s *sightings) add(name string, line int, b batch.Bill, seen checkpoint.Seen) {
	d := day{b.MID, b.BillDate}
	if seen.Withdrawn > 0 {
		s.days[d] = s.days[d].plus(-1, -seen.Withdrawn)
		delete(s.accepted, b.Identity())
	}
	if seen.State == batch.Invalid {
		s.addInvalid(b, seen.Problems)
		return
	}
	s.days[d] = s.days[d].plus(1, b.Amount)
	original := seen.Original
	switch {
	case seen.Replaces:
		s.changed = s.changed.plus(1, b.Amount)
		s.accepted[b.Identity()] = b.Amount
		return
	case original == nil:
		return
	case original.ID == 0:
		s.apart = s.apart.plus(1, b.Amount)
	}
	if original.Batch != name {
		o := origin{original.Batch, original.State}
		s.before[o] = s.before[o].plus(1, b.Amount)
		return
	}
	if s.repeated++; len(s.within) < namedRepeats {
		s.within = append(s.within, [2]int{line, original.Line})
	}
}

func (s *sightings) addInvalid(b batch.Bill, problems []batch.Problem) {
	for _, p := range problems {
		switch p.Key {
		case "checkpoint.changed", "checkpoint.changedSent", "checkpoint.changedDoubt":
			s.changed = s.changed.plus(1, b.Amount)
			return
		}
	}
}
