package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/sheet"
)

// sample is how many rows the workbook has whose cells are written again and
// again: larger ones are more than this program reads of a workbook.
const sample = 10_000

// reconciling compares reconcile, from the checkpoint and the statement to the
// workbook, with excelize's StreamWriter writing as many of the workbook's cells
// and doing nothing else.
func reconciling(b *bench) (string, error) {
	dir, err := b.scratch("reconcile")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(b.dir, "reconcile")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/reconcile").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building reconcile: %w\n%s", err, out)
	}
	few := reconcilable{filepath.Join(dir, "few"), min(sample, b.reconciled)}
	all := reconcilable{filepath.Join(dir, "all"), b.reconciled}
	for _, r := range []reconcilable{few, all} {
		if _, err := b.child(nil, "reconcilable", r.db(), strconv.Itoa(r.rows), r.statement()); err != nil {
			return "", err
		}
	}
	if _, err := few.reconcile(program); err != nil {
		return "", err
	}
	var cpu, wall, peak, plain, ratios []float64
	for range min(b.turns, 3) {
		u, err := all.reconcile(program)
		if err != nil {
			return "", err
		}
		var alone time.Duration
		if _, err := b.child(&alone, "stream", few.workbook(), strconv.Itoa(all.rows/few.rows), filepath.Join(dir, "plain.xlsx")); err != nil {
			return "", err
		}
		cpu, wall, peak = append(cpu, u.CPU.Seconds()), append(wall, u.Wall.Seconds()), append(peak, mebibytes(u.Peak))
		plain, ratios = append(plain, alone.Seconds()), append(ratios, u.CPU.Seconds()/alone.Seconds())
		fmt.Fprintf(os.Stderr, "          reconcile %.1f s of CPU, StreamWriter alone %.1f s\n", u.CPU.Seconds(), alone.Seconds())
	}
	sizes := make([]float64, 3)
	for i, path := range []string{all.db(), all.statement(), all.workbook()} {
		info, err := os.Stat(path)
		if err != nil {
			return "", err
		}
		sizes[i] = mebibytes(info.Size())
	}
	return fmt.Sprintf("%s completed rows (%s) against a statement of as many lines (%s of text), all matched, as a workbook of %s: peak memory **%s** (goal ≤ 600 MiB at 1,000,000), %s, %s of CPU. excelize's StreamWriter alone takes %s of CPU for as many of the same cells. Turn by turn: %s; **median %.1f times** (goal ≤ 3).\n",
		number(float64(all.rows)), mib(sizes[0]), mib(sizes[1]), mib(sizes[2]), mib(median(peak)), seconds(median(wall)), seconds(median(cpu)), seconds(median(plain)), list(ratios, "%.2f"), median(ratios)), nil
}

// reconcilable is a checkpoint and its statement, under one name.
type reconcilable struct {
	name string
	rows int
}

func (r reconcilable) db() string        { return r.name + ".db" }
func (r reconcilable) statement() string { return r.name + ".txt" }
func (r reconcilable) workbook() string  { return r.name + ".xlsx" }

// reconcile runs the program and makes sure that every line was matched.
func (r reconcilable) reconcile(program string) (usage, error) {
	cmd := exec.Command(program, "--db", r.db(), "--settle-date", billDate, "--statement", r.statement(), "--out", r.workbook(), "--carry", r.name+".carry.jsonl", "--json")
	var out bytes.Buffer
	cmd.Stdout = &out
	u, err := measured(cmd)
	if err != nil {
		return u, err
	}
	var said struct {
		Statement struct{ Lines, Matched int }
	}
	if err := json.Unmarshal(out.Bytes(), &said); err != nil {
		return u, err
	}
	if said.Statement.Lines != r.rows || said.Statement.Matched != r.rows {
		return u, fmt.Errorf("%d of %d lines matched, not %d", said.Statement.Matched, said.Statement.Lines, r.rows)
	}
	return u, nil
}

// childReconcilable: reconcilable CHECKPOINT N STATEMENT
//
// It makes a checkpoint of completed rows, by the program's own way, and the
// statement that the gateway could give of them.
func childReconcilable(args []string) error {
	db, _, err := filled(args[0], args[1])
	if err != nil {
		return err
	}
	err = attemptAll(db, completed)
	if err == nil {
		err = sheet.WriteFile(args[2], func(w io.Writer) error { return writeStatement(db, w) })
	}
	return errors.Join(err, db.Close())
}

// writeStatement writes the older text layout.
func writeStatement(db *checkpoint.DB, w io.Writer) error {
	text := bufio.NewWriter(w)
	text.WriteString("清算日期\t交易日期\t交易时间\t终端号\t交易金额\t清算金额\t手续费\t流水号\t交易类型\t参考号\t卡号\t商户号\t发卡行\t卡类型\t商户订单号\t银商订单号\t支付类型\r\n")
	err := db.Each(context.Background(), checkpoint.Filter{}, func(row batch.Row) error {
		p := row.Payment
		day := strings.ReplaceAll(p.SettleDate, "-", "")
		_, err := fmt.Fprintf(text, "%s\t%s\t120000\t%s\t%s\t%s\t0.00\t%06d\t预授权完成\t%s\t622202******1234\t%s\t中国银行\t借记卡\t%s\t%s\t银行卡\r\n",
			day, day, row.TID, p.TotalAmount, p.TotalAmount, row.ID%1_000_000, p.PaySeqID, row.MID, row.OrderID, p.TargetOrderID)
		return err
	})
	return errors.Join(err, text.Flush())
}

// childStream: stream WORKBOOK TIMES OUT
//
// It writes the rows of a workbook's every sheet that many times into another, and
// prints the CPU time that the writing took, without the reading.
func childStream(args []string) error {
	times, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	from, err := sheet.Open(args[0], "")
	if err != nil {
		return err
	}
	defer from.Close()
	var sheets [][][]any
	for _, s := range from.Sheets() {
		var rows [][]any
		for row, err := range from.Rows(s.Name) {
			if err != nil {
				return err
			}
			rows = append(rows, valuesOf(row.Cells))
		}
		sheets = append(sheets, rows)
	}
	began := cpuOfSelf()
	if err := stream(sheets, times, args[2]); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(cpuOfSelf() - began)
}

func stream(sheets [][][]any, times int, path string) error {
	f := excelize.NewFile()
	defer f.Close()
	for i, rows := range sheets {
		name := fmt.Sprintf("Sheet%d", i+1)
		if i > 0 {
			if _, err := f.NewSheet(name); err != nil {
				return err
			}
		}
		w, err := f.NewStreamWriter(name)
		if err != nil {
			return err
		}
		for at := range times * len(rows) {
			if err := w.SetRow("A"+strconv.Itoa(at+1), rows[at%len(rows)]); err != nil {
				return err
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return f.SaveAs(path)
}

// aNumber stands for every number of the workbook: no amount becomes a float here,
// and which one it is hardly matters to how long it takes.
const aNumber = 12_345.67

func valuesOf(cells []sheet.Cell) []any {
	values := make([]any, len(cells))
	for i, c := range cells {
		switch c.Kind {
		case sheet.Empty:
		case sheet.Number:
			values[i] = aNumber
		default:
			values[i] = c.Text
		}
	}
	return values
}
