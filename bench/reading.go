package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/intake"
)

// reading compares the intake, with all its checks, with the plain loops that
// check nothing.
func reading(b *bench) (string, error) {
	t := table{head: []string{fmt.Sprintf("%d rows", b.reading), "plain loop, CPU", "intake, CPU", "ratio", "goal", "peak memory of the intake"}}
	for _, c := range []struct {
		what, extension, plain, goal string
		times                        int // that a child reads the file: the clock of CPU time is coarse
	}{
		{"XLSX, 12 columns: excelize's Rows", "xlsx", "read-excelize", "≤ 1.0", 1},
		{"CSV, 12 columns: encoding/csv", "csv", "read-csv", "≤ 5", 10},
	} {
		file, err := b.makeFile(b.reading, c.extension)
		if err != nil {
			return "", err
		}
		var plain, ours, ratios, peak []float64
		for range b.turns {
			var p, o time.Duration
			if _, err := b.child(&p, c.plain, file, strconv.Itoa(c.times)); err != nil {
				return "", err
			}
			u, err := b.child(&o, "read-intake", file, strconv.Itoa(c.times))
			if err != nil {
				return "", err
			}
			plain, ours, ratios, peak = append(plain, p.Seconds()), append(ours, o.Seconds()), append(ratios, o.Seconds()/p.Seconds()), append(peak, mebibytes(u.Peak))
		}
		t.add(c.what, seconds(median(plain)), seconds(median(ours)), fmt.Sprintf("**%.2f**", median(ratios)), c.goal, mib(median(peak)))
	}
	return fmt.Sprintf("CPU seconds of reading alone, %d turns, medians.\n\n%s", b.turns, t), nil
}

// timedChild: FILE TIMES runs a task as often, and prints the CPU time that it took
// once.
func timedChild(do func(path string) error) func([]string) error {
	return func(args []string) error {
		times, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		began := cpuOfSelf()
		for range times {
			if err := do(args[0]); err != nil {
				return err
			}
		}
		return json.NewEncoder(os.Stdout).Encode((cpuOfSelf() - began) / time.Duration(times))
	}
}

func readIntake(path string) error {
	report, err := intake.Read(context.Background(), path, intake.Options{}, func(e intake.Entry) error {
		if len(e.Problems) > 0 {
			return fmt.Errorf("line %d: %v", e.Line, e.Problems)
		}
		return nil
	})
	if err == nil && report.Rows == 0 {
		err = errors.New("no rows")
	}
	return err
}

func readExcelize(path string) error {
	f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			return err
		}
	}
	return rows.Error()
}

func readCSV(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	for {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
