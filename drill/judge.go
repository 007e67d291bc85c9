package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"batchcomplete/internal/sandbox"
)

// score is what rounds came to.
type score struct {
	kills, runs, rows, executed int
	doubles, lost, wrong        int
	early, writing              int // kills that met an import, or results that were being written
	wrongs                      []string
	took                        time.Duration
}

func (s *score) add(o *score) {
	s.kills, s.runs, s.rows, s.executed = s.kills+o.kills, s.runs+o.runs, s.rows+o.rows, s.executed+o.executed
	s.doubles, s.lost, s.wrong = s.doubles+o.doubles, s.lost+o.lost, s.wrong+o.wrong
	s.early, s.writing = s.early+o.early, s.writing+o.writing
	s.took += o.took
}

func (s *score) accuse(count *int, format string, args ...any) error {
	*count++
	s.wrongs = append(s.wrongs, fmt.Sprintf(format, args...))
	return nil
}

// judge compares the checkpoint's rows with the gateway's ledger and with the
// files.
func (r *round) judge() error {
	ledger, err := readLedger(filepath.Join(r.dir, "ledger"))
	if err != nil {
		return err
	}
	rows, err := r.rows()
	if err != nil {
		return err
	}
	r.score.executed, r.score.rows = len(ledger), len(rows)
	states := map[string]map[string]string{}
	seen := map[string]bool{}
	for _, row := range rows {
		place := row["batch"] + ":" + row["line"]
		if seen[place] {
			_ = r.score.accuse(&r.score.wrong, "%s is there twice", place)
		}
		seen[place] = true
		if state := row["state"]; state != "duplicate" && state != "invalid" {
			states[row["billNo"]] = row
		}
	}
	lines := 0
	for _, in := range r.inputs {
		lines += in.lines
	}
	if lines != len(rows) {
		_ = r.score.accuse(&r.score.lost, "the files have %d lines, the checkpoint %d", lines, len(rows))
	}
	r.judgeMoney(ledger, states)
	return nil
}

func (r *round) judgeMoney(ledger []sandbox.Execution, states map[string]map[string]string) {
	paid := map[string]sandbox.Execution{}
	for _, e := range ledger {
		if _, twice := paid[e.BillNo]; twice {
			_ = r.score.accuse(&r.score.doubles, "bill %s was completed twice", e.BillNo)
		}
		paid[e.BillNo] = e
		if state := states[e.BillNo]["state"]; state != "completed" && state != "held" {
			_ = r.score.accuse(&r.score.lost, "bill %s was completed, and its row is %q", e.BillNo, state)
		}
	}
	for bill, row := range states {
		if row["state"] != "completed" {
			continue
		}
		e, executed := paid[bill]
		if !executed || e.OrderID != row["authedOrderId"] || fmt.Sprint(int64(e.Amount)) != row["totalAmount"] ||
			fmt.Sprint(int64(e.Amount-e.Discount)) != row["completedAmount"] || row["settleDate"] != "" && row["settleDate"] != e.SettleDate {
			_ = r.score.accuse(&r.score.wrong, "bill %s is completed here as %v, there as %+v", bill, row, e)
		}
	}
}

func readLedger(path string) ([]sandbox.Execution, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []sandbox.Execution
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var e sandbox.Execution
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, lines.Err()
}

// rows asks the program for every row, as a script would.
func (r *round) rows() ([]map[string]string, error) {
	out, err := r.call("rows", "--env", "test", "--format", "csv").Output()
	if err != nil {
		return nil, err
	}
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out, []byte("\ufeff")))).ReadAll()
	if err != nil || len(records) == 0 {
		return nil, fmt.Errorf("reading the rows: %w", err)
	}
	var all []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = strings.TrimPrefix(record[i], "'")
		}
		all = append(all, row)
	}
	return all, nil
}

// lookAtResults reads every results file that is there: each is whole, whatever
// the program was doing when it was killed.
func (r *round) lookAtResults() {
	for _, in := range r.inputs {
		name := strings.TrimSuffix(filepath.Base(in.path), filepath.Ext(in.path)) + ".results"
		for _, path := range []string{filepath.Join(r.dir, "out", name+".csv"), filepath.Join(r.dir, "out", name+".xlsx")} {
			if err := whole(path, in.lines); err != nil && !os.IsNotExist(err) {
				_ = r.score.accuse(&r.score.wrong, "%s: %v", path, err)
			}
		}
	}
}

// whole tells what is wrong with a results file of so many rows.
func whole(path string, lines int) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if strings.HasSuffix(path, ".csv") {
		records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err == nil && len(records) != lines+1 {
			err = fmt.Errorf("%d rows for %d lines", len(records)-1, lines)
		}
		return err
	}
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return err
	}
	for _, part := range archive.File {
		if strings.HasPrefix(part.Name, "xl/worksheets/sheet1.xml") {
			return countRows(part, lines)
		}
	}
	return fmt.Errorf("it has no sheet")
}

func countRows(part *zip.File, lines int) error {
	in, err := part.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	xml, err := io.ReadAll(in)
	if n := bytes.Count(xml, []byte("<row ")); err == nil && n != lines+1 {
		err = fmt.Errorf("%d rows for %d lines", n-1, lines)
	}
	return err
}
