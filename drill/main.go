// Command drill kills the real program with SIGKILL, hundreds of times, while it
// imports, sends, asks and writes results, against a gateway in a process of its
// own over real HTTP; then it compares what the program knows with the gateway's
// ledger.
//
// Every round has a checkpoint, a gateway and files of its own. In every second
// round the gateway would pay anything as often as it is asked to. When a round's
// kills are done the gateway becomes healthy, and the program must come to an end
// by itself.
//
//	make drill KILLS=500
package main

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// perRound is how often the program is killed in one round.
const perRound = 25

func main() {
	kills := flag.Int("kills", 100, "how often the program is killed")
	seed := flag.Uint64("seed", 1, "where the randomness comes from; the moments are the machine's own")
	program := flag.String("program", "", "the program to kill; empty: built from the source")
	serve := flag.String("gateway", "", "be the gateway, with this ledger")
	twice := flag.Bool("twice", false, "the gateway pays whatever it is asked to")
	flag.Parse()
	if *serve != "" {
		check(beGateway(*serve, *twice, *seed))
		return
	}
	dir, err := os.MkdirTemp("", "drill-*")
	check(err)
	bin, err := filepath.Abs(*program)
	check(err)
	if *program == "" {
		bin = filepath.Join(dir, "batchcomplete")
		if out, err := exec.Command("go", "build", "-o", bin, "./cmd/batchcomplete").CombinedOutput(); err != nil {
			check(fmt.Errorf("%w: %s", err, out))
		}
	}
	began, total := time.Now(), map[bool]*score{false: {}, true: {}}
	random := rand.New(rand.NewPCG(*seed, 0))
	for n := 1; *kills > 0; n++ {
		r := &round{
			dir: filepath.Join(dir, fmt.Sprint(n)), bin: bin, random: random, twice: n%2 == 0,
			kills: min(perRound, *kills), seed: *seed + uint64(n),
		}
		s, err := r.live()
		check(err)
		for _, what := range s.wrongs {
			fmt.Printf("round %d: %s (kept in %s)\n", n, what, r.dir)
		}
		total[r.twice].add(s)
		*kills -= r.kills
	}
	bad := report(total, time.Since(began))
	if bad {
		os.Exit(1)
	}
	check(os.RemoveAll(dir))
}

// report prints the table, and tells whether anything in it is bad.
func report(total map[bool]*score, took time.Duration) bool {
	fmt.Printf("%-24s %6s %6s %6s %9s %8s %6s %6s %8s\n", "gateway", "kills", "runs", "rows", "executed", "doubles", "lost", "wrong", "seconds")
	line := func(name string, s *score, took time.Duration) {
		fmt.Printf("%-24s %6d %6d %6d %9d %8d %6d %6d %8.0f\n", name, s.kills, s.runs, s.rows, s.executed, s.doubles, s.lost, s.wrong, took.Seconds())
	}
	line("refuses a second payment", total[false], total[false].took)
	line("would pay twice", total[true], total[true].took)
	all := &score{}
	all.add(total[false])
	all.add(total[true])
	line("together", all, took)
	fmt.Printf("%d of the kills came before the last file was imported, %d while results were being written\n", all.early, all.writing)
	return all.doubles+all.lost+all.wrong > 0
}

func check(err error) {
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		fmt.Fprintln(os.Stderr, "drill:", err)
		os.Exit(2)
	}
}
