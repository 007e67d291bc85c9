package sim

import (
	"fmt"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
)

// tally counts what happened in the seeds, so that one can see, and a test does
// see, that they were as bad as they are meant to be.
type tally struct {
	seeds, processes, deaths, restores int
	sends, queries, executed, faults   int
	states                             map[batch.State]int
}

func (w *world) count(rows []batch.Row) tally {
	c := tally{seeds: 1, processes: w.processes, executed: len(w.gateway.Ledger()), queries: w.witness.queries, states: map[batch.State]int{}}
	for _, n := range w.witness.posts {
		c.sends += n
	}
	for _, line := range w.log {
		switch {
		case strings.Contains(line, "the process dies"):
			c.deaths++
		case strings.Contains(line, " meets "):
			c.faults++
		case strings.Contains(line, "the backup is restored"):
			c.restores++
		}
	}
	for _, row := range rows {
		c.states[row.State]++
	}
	return c
}

func (c *tally) add(o outcome) {
	c.seeds += o.seeds
	c.processes += o.processes
	c.deaths += o.deaths
	c.restores += o.restores
	c.sends += o.sends
	c.queries += o.queries
	c.executed += o.executed
	c.faults += o.faults
	if c.states == nil {
		c.states = map[batch.State]int{}
	}
	for state, n := range o.states {
		c.states[state] += n
	}
}

func (c *tally) String() string {
	return fmt.Sprintf("%d seeds: %d runs, %d killed, %d backups restored; %d sends and %d queries, %d of which met a fault; %d executed; rows %v",
		c.seeds, c.processes, c.deaths, c.restores, c.sends, c.queries, c.faults, c.executed, c.states)
}

// mustHaveHappened fails where the seeds were tamer than they are meant to be.
func (c *tally) mustHaveHappened(t *testing.T) {
	t.Helper()
	for name, n := range map[string]int{
		"deaths": c.deaths - c.seeds/2, "faults": c.faults - c.seeds, "completed": c.states[batch.Completed] - c.seeds,
		"declined": c.states[batch.Declined], "held": c.states[batch.Held], "invalid": c.states[batch.Invalid], "duplicate": c.states[batch.Duplicate],
	} {
		if n <= 0 {
			t.Errorf("too little happened: %s", name)
		}
	}
}
