package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/recon"
	"batchcomplete/internal/sheet"
	"batchcomplete/internal/ums"
)

// openForReading opens the checkpoint without its lock: a run that holds it is
// not disturbed.
func (a *app) openForReading(ctx context.Context) (string, *checkpoint.DB, error) {
	env, err := a.environment()
	if err != nil && a.set.String("db") == "" {
		return "", nil, err
	}
	path := a.checkpointPath(env)
	db, err := checkpoint.OpenRead(ctx, path)
	if err != nil {
		return "", nil, a.checkpointError(path, err)
	}
	if env != "" && db.Env() != env {
		db.Close()
		return "", nil, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.env.other", path, db.Env(), env)), a.lang.T("batchcomplete.env.other.hint"))
	}
	return db.Env(), db, nil
}

// status shows the batches, and how many rows and how much money is where.
func (a *app) status(ctx context.Context, args []string) (cli.Code, error) {
	env, db, err := a.openForReading(ctx)
	if err != nil {
		return cli.CodeOf(err), err
	}
	defer db.Close()
	filter, err := a.filter(ctx, db, args)
	if err != nil {
		return cli.CodeOf(err), err
	}
	if a.set.Bool("watch") {
		return a.watch(ctx, env, db, filter.Batches)
	}
	report, err := a.look(ctx, env, db, filter.Batches)
	if err != nil {
		return cli.Failed, err
	}
	return cli.OK, a.printStatus(report)
}

// look reads what the checkpoint has of some batches; nil is all of them.
func (a *app) look(ctx context.Context, env string, db *checkpoint.DB, ids []int64) (jsonReport, error) {
	batches, err := db.Batches(ctx)
	if err != nil {
		return jsonReport{}, err
	}
	if ids == nil {
		for _, b := range batches {
			ids = append(ids, b.ID)
		}
	}
	t, err := db.Tally(ctx, ids)
	if err != nil {
		return jsonReport{}, err
	}
	if batches, err = selectBatches(ctx, db, ids); err != nil {
		return jsonReport{}, err
	}
	return newReport(env, batches, t), nil
}

// printStatus prints a report for people or as JSON.
func (a *app) printStatus(report jsonReport) error {
	if a.set.Bool("json") {
		return printJSON(a, report)
	}
	a.printReport(report)
	return nil
}

// rowColumns is the header of `rows --format csv`: a contract.
var rowColumns = []string{
	"mid", "tid", "instMid", "billNo", "billDate", "authIdRespCd", "authedOrderId", "totalAmount", "msgId", "srcReserve", "authedDesc",
	"batch", "line", "state", "generation", "attempts", "errCode", "errMsg", "settleDate", "paySeqId", "targetOrderId", "payTime",
	"completedAmount", "buyerPayAmount", "discountAmount", "invoiceAmount", "updatedAt",
}

// rowValues gives a row's values under rowColumns. Amounts are in fen; the
// authorisation code is masked, and times are Beijing time.
func rowValues(row batch.Row) []string {
	fen := func(n int64) string {
		if row.State != batch.Completed {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	p := row.Payment
	return []string{
		row.MID, row.TID, row.InstMID, row.BillNo, row.BillDate, ums.MaskCode(row.AuthIDRespCd), row.OrderID,
		strconv.FormatInt(int64(row.Amount), 10), row.MsgID, row.SrcReserve, row.AuthedDesc,
		row.Batch, strconv.Itoa(row.Line), string(row.State), strconv.Itoa(row.Generation), strconv.Itoa(row.Attempts),
		row.Code, row.Message, p.SettleDate, p.PaySeqID, p.TargetOrderID, p.PayTime,
		fen(int64(p.TotalAmount)), fen(int64(p.BuyerPayAmount)), fen(int64(p.DiscountAmount)), fen(int64(p.InvoiceAmount)),
		stamp(row.UpdatedAt),
	}
}

// rowObject gives a row's values by their columns' names.
func rowObject(row batch.Row) map[string]string {
	object := map[string]string{}
	for i, value := range rowValues(row) {
		object[rowColumns[i]] = value
	}
	return object
}

// stamp gives a moment in Beijing time, "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(cli.Beijing).Format(time.DateTime)
}

// rowFormats are the words of --format.
var rowFormats = []string{"table", "csv", "json"}

// rows lists rows as a table, CSV or JSON lines.
func (a *app) rows(ctx context.Context, args []string) (cli.Code, error) {
	_, db, err := a.openForReading(ctx)
	if err != nil {
		return cli.CodeOf(err), err
	}
	defer db.Close()
	filter, err := a.filter(ctx, db, args)
	if err != nil {
		return cli.CodeOf(err), err
	}
	var visit func(batch.Row) error
	var end func() error
	switch format := a.set.String("format"); format {
	case "csv":
		visit, end = csvRows(a.Stdout)
	case "json":
		visit, end = jsonRows(a.Stdout)
	case "table":
		visit, end = a.tableRows()
	default:
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.format", format)), "")
	}
	if err := db.Each(ctx, filter, visit); err != nil {
		return cli.Failed, err
	}
	return cli.OK, end()
}

func csvRows(w io.Writer) (func(batch.Row) error, func() error) {
	out := sheet.NewCSV(w)
	err := out.Write(rowColumns)
	return func(row batch.Row) error {
		if err == nil {
			values := rowValues(row)
			for i := range values {
				values[i] = lang.Visible(values[i]) // a row is a line, whatever a cell said
			}
			err = out.Write(values)
		}
		return err
	}, func() error { out.Flush(); return out.Error() }
}

// jsonRows writes one array of objects, a row on each line.
func jsonRows(w io.Writer) (func(batch.Row) error, func() error) {
	separator := "["
	return func(row batch.Row) error {
			text, err := cli.MarshalJSON(rowObject(row))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(w, "%s\n%s", separator, text)
			separator = ","
			return err
		}, func() error {
			if separator == "[" {
				fmt.Fprint(w, "[")
			}
			_, err := fmt.Fprintln(w, "\n]")
			return err
		}
}

func (a *app) tableRows() (func(batch.Row) error, func() error) {
	table := [][]string{{a.lang.T("batchcomplete.head.batch"), a.lang.T("batchcomplete.head.line"), a.lang.T("batchcomplete.head.mid"),
		a.lang.T("batchcomplete.head.bill"), a.lang.T("batchcomplete.head.yuan"), a.lang.T("batchcomplete.head.state"),
		a.lang.T("batchcomplete.head.settleDate"), a.lang.T("batchcomplete.head.code"), a.lang.T("batchcomplete.head.message")}}
	return func(row batch.Row) error {
		table = append(table, []string{row.Batch, strconv.Itoa(row.Line), row.MID, row.BillNo, row.Amount.Grouped(),
			a.lang.T("state." + string(row.State)), row.Payment.SettleDate, row.Code, recon.Reason(a.lang, row)})
		return nil
	}, func() error { return cli.Table(a.Stdout, table, 1, 4) }
}
