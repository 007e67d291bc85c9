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

// reconciling compares reconcile, from the checkpoint and the statement to the
// workbook, with excelize's StreamWriter writing the workbook's cells and doing
// nothing else.
func reconciling(b *bench) (string, error) {
	dir, err := b.scratch("reconcile")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	db, statement, out := filepath.Join(dir, "run.db"), filepath.Join(dir, "statement.txt"), filepath.Join(dir, "out.xlsx")
	if _, err := b.child(nil, "reconcilable", db, strconv.Itoa(b.reconciled), statement); err != nil {
		return "", err
	}
	program := filepath.Join(b.dir, "reconcile")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/reconcile").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building reconcile: %w\n%s", err, out)
	}
	var cpu, wall, peak, plain, ratios []float64
	for range min(b.turns, 3) {
		u, err := reconcileOnce(program, b.reconciled, "--db", db, "--settle-date", billDate, "--statement", statement, "--out", out)
		if err != nil {
			return "", err
		}
		var alone time.Duration
		if _, err := b.child(&alone, "stream", out, filepath.Join(dir, "plain.xlsx")); err != nil {
			return "", err
		}
		cpu, wall, peak = append(cpu, u.CPU.Seconds()), append(wall, u.Wall.Seconds()), append(peak, mebibytes(u.Peak))
		plain, ratios = append(plain, alone.Seconds()), append(ratios, u.CPU.Seconds()/alone.Seconds())
		fmt.Fprintf(os.Stderr, "          reconcile %.1f s of CPU, StreamWriter alone %.1f s\n", u.CPU.Seconds(), alone.Seconds())
	}
	sizes := make([]float64, 3)
	for i, path := range []string{db, statement, out} {
		info, err := os.Stat(path)
		if err != nil {
			return "", err
		}
		sizes[i] = mebibytes(info.Size())
	}
	return fmt.Sprintf("%s completed rows (%s) against a statement of as many lines (%s of text), all matched, as a workbook of %s: peak memory **%s** (goal ≤ 600 MiB at 1,000,000), %s, %s of CPU. excelize's StreamWriter alone takes %s of CPU for the same cells. Turn by turn: %s; **median %.1f times** (goal ≤ 3).\n",
		number(float64(b.reconciled)), mib(sizes[0]), mib(sizes[1]), mib(sizes[2]), mib(median(peak)), seconds(median(wall)), seconds(median(cpu)), seconds(median(plain)), list(ratios, "%.2f"), median(ratios)), nil
}

// reconcileOnce runs the program and makes sure that every line was matched.
func reconcileOnce(program string, n int, args ...string) (usage, error) {
	cmd := exec.Command(program, append(args, "--json")...)
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
	if said.Statement.Lines != n || said.Statement.Matched != n {
		return u, fmt.Errorf("%d of %d lines matched, not %d", said.Statement.Matched, said.Statement.Lines, n)
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

// childStream: stream WORKBOOK OUT
//
// It writes every cell of a workbook into another, and prints the CPU time that
// the writing took, without the reading.
func childStream(args []string) error {
	from, err := sheet.Open(args[0], "")
	if err != nil {
		return err
	}
	defer from.Close()
	to := excelize.NewFile()
	defer to.Close()
	var took time.Duration
	for i, s := range from.Sheets() {
		if err := streamSheet(&took, from, s.Name, to, fmt.Sprintf("Sheet%d", i+1)); err != nil {
			return err
		}
	}
	began := cpuOfSelf()
	if err := to.SaveAs(args[1]); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(took + cpuOfSelf() - began)
}

// streamSheet reads some rows, then writes them with the clock running.
func streamSheet(took *time.Duration, from sheet.File, name string, to *excelize.File, as string) error {
	if as != "Sheet1" {
		if _, err := to.NewSheet(as); err != nil {
			return err
		}
	}
	w, err := to.NewStreamWriter(as)
	if err != nil {
		return err
	}
	var some [][]any
	at := 0
	write := func() error {
		began := cpuOfSelf()
		defer func() { *took += cpuOfSelf() - began }()
		for _, cells := range some {
			at++
			if err := w.SetRow("A"+strconv.Itoa(at), cells); err != nil {
				return err
			}
		}
		some = some[:0]
		return nil
	}
	for row, err := range from.Rows(name) {
		if err != nil {
			return err
		}
		cells, err := valuesOf(row.Cells)
		if err != nil {
			return err
		}
		if some = append(some, cells); len(some) == 10_000 {
			if err := write(); err != nil {
				return err
			}
		}
	}
	if err := write(); err != nil {
		return err
	}
	began := cpuOfSelf()
	err = w.Flush()
	*took += cpuOfSelf() - began
	return err
}

func valuesOf(cells []sheet.Cell) ([]any, error) {
	values := make([]any, len(cells))
	for i, c := range cells {
		switch c.Kind {
		case sheet.Empty:
		case sheet.Number:
			n, err := strconv.ParseFloat(c.Text, 64)
			if err != nil {
				return nil, err
			}
			values[i] = n
		default:
			values[i] = c.Text
		}
	}
	return values, nil
}
