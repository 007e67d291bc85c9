package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

// drawFile draws a file whose bills partly stand in an earlier one (n below 10),
// are the same, have another amount or order id, repeat or contradict one another,
// or cannot be read.
func drawFile(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(checkHead) + ",authedOrderId\n")
	for range 25 {
		n, fen, code, order := 1+r.IntN(20), 1000, "012345", ""
		switch r.IntN(8) {
		case 0:
			fen = 1001
		case 1:
			fen = -5
		case 2:
			code = "12"
		case 3:
			order = fmt.Sprintf("124F99990000%02d", 1+r.IntN(4))
		}
		b.WriteString(strings.TrimSpace(bill(fmt.Sprintf("%02d", n), "2026-11-20", code, fmt.Sprint(fen))) + "," + order + "\n")
	}
	return b.String()
}

// TestWhatCheckPassesRunSends: row for row and fen for fen, beside an earlier file
// that was sent or was not, with changes accepted or refused; and what check refuses,
// run refuses.
func TestWhatCheckPassesRunSends(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 4))
			dir := t.TempDir()
			server := startGateway(t, sandbox.Options{AcceptTwice: true})
			db := []string{"--env", "test", "--db", filepath.Join(dir, "test.db"), "--json"}
			earlier := checkHead
			for n := range 9 {
				earlier += bill(fmt.Sprintf("%02d", n+1), "2026-11-20", "012345", "1000")
			}
			first, second := put(t, filepath.Join(dir, "first.csv"), earlier), put(t, filepath.Join(dir, "second.csv"), drawFile(r))
			if waiting := seed%2 == 0; waiting {
				config := put(t, filepath.Join(dir, "config.yaml"), "require_approval: true\n")
				call(t, append([]string{"run", first, "--config", config}, at(dir, server)...)...).want(t, cli.TimeUp)
			} else {
				call(t, append([]string{"run", first}, at(dir, server)...)...).want(t, cli.OK)
			}
			var accept []string
			if seed/2%2 == 0 {
				accept = []string{"--accept-changes"}
			}
			checked := call(t, append(append([]string{"check", second}, accept...), db...)...).json(t)
			call(t, append(append([]string{"run", second}, accept...), at(dir, server)...)...).want(t, checked.Exit)
			ran := call(t, append([]string{"status", checked.Batches[0].Name}, db...)...).want(t, cli.OK).json(t)
			for is, was := range map[batch.State]batch.State{batch.Completed: batch.Pending, batch.Invalid: batch.Invalid, batch.Duplicate: batch.Duplicate, batch.Pending: batch.Held} {
				if ran.States[is] != checked.States[was] {
					t.Errorf("check said %+v are %s, and after the run %+v are %s", checked.States[was], was, ran.States[is], is)
				}
			}
			for bill, times := range executions(server) {
				if times != 1 {
					t.Errorf("%s was completed %d times", bill, times)
				}
			}
		})
	}
}

// TestControlTotalsThatDoNotAgreeSendNothing: given with the command, or standing
// in the file; check says the same.
func TestControlTotalsThatDoNotAgreeSendNothing(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{KeepCalls: 10})
	plain := put(t, filepath.Join(dir, "plain.csv"), checkHead+bill("01", "2026-11-20", "012345", "1000"))
	total := put(t, filepath.Join(dir, "total.csv"), checkHead+bill("02", "2026-11-20", "012345", "1000")+"合计,,,,,1001\n")
	for key, args := range map[string][]string{
		"intake.expect.rows": {plain, "--expect-rows", "2"}, "intake.expect.total": {plain, "--expect-total", "10.01"}, "intake.total": {total},
	} {
		call(t, append(append([]string{"run"}, args...), at(dir, server)...)...).want(t, cli.Refused)
		r := call(t, append(append([]string{"check"}, args...), "--env", "test", "--db", filepath.Join(dir, "test.db"), "--json")...).want(t, cli.Refused).json(t)
		if len(r.Problems) != 1 || r.Problems[0].Key != key || len(server.Calls()) != 0 {
			t.Errorf("%d calls, %+v", len(server.Calls()), r.Problems)
		}
	}
	call(t, append([]string{"run", plain, "--expect-rows", "1", "--expect-total", "10.00"}, at(dir, server)...)...).want(t, cli.OK)
}
