package main

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
)

// headings are the twelve columns of the files: ten that the program knows and
// two of the accountant's own.
var headings = []string{"商户号", "终端号", "账单号", "账单日期", "授权码", "完成金额(元)", "业务类型", "消息ID", "请求系统预留字段", "备注", "客户", "部门"}

// amountColumn is the one that holds numbers.
const amountColumn = 5

const billDate = "2026-11-20"

// fields gives the i-th row.
func fields(i int) []string {
	bill := billOf(i)
	return []string{
		bill.MID, bill.TID, bill.BillNo, bill.BillDate, bill.AuthIDRespCd, bill.Amount.String(), bill.InstMID,
		bill.MsgID, bill.SrcReserve, bill.AuthedDesc, "客户" + strconv.Itoa(i), "华东一部",
	}
}

// billOf gives the same row as the bill that it becomes.
func billOf(i int) batch.Bill {
	return batch.Bill{
		MID: "89844035541APR4", TID: "APR40001", InstMID: "QRPAYDEFAULT",
		BillNo: fmt.Sprintf("319420261120%010d", i), BillDate: billDate, AuthIDRespCd: fmt.Sprintf("A%06d", i%1_000_000),
		Amount: money.Fen(1_000 + i%900_000), MsgID: fmt.Sprintf("M%09d", i), SrcReserve: "门店03", AuthedDesc: "按押金结算",
	}
}

// makeFile writes a file of n rows as a child, and gives its path. One that is
// there is used again.
func (b *bench) makeFile(n int, extension string) (string, error) {
	path := filepath.Join(b.dir, fmt.Sprintf("bills-%d.%s", n, extension))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	_, err := b.child(nil, "rows", path, strconv.Itoa(n))
	return path, err
}

// childRows: rows FILE N
func childRows(args []string) error {
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	f, err := os.Create(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	if strings.HasSuffix(args[0], ".csv") {
		return writeCSV(f, n)
	}
	return writeXLSX(f, n)
}

func writeCSV(w io.Writer, n int) error {
	out := csv.NewWriter(w)
	if err := out.Write(headings); err != nil {
		return err
	}
	for i := range n {
		if err := out.Write(fields(i)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// writeXLSX writes a workbook as Excel would: every text once among the shared
// strings, the amount a number with two decimals. It is written here, and not
// with the library that is measured against.
func writeXLSX(w io.Writer, n int) error {
	archive := zip.NewWriter(w)
	for _, p := range []struct {
		name  string
		write func(*bufio.Writer)
	}{
		{"[Content_Types].xml", text(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`)},
		{"_rels/.rels", text(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`)},
		{"xl/workbook.xml", text(`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="账单" sheetId="1" r:id="rId1"/></sheets></workbook>`)},
		{"xl/_rels/workbook.xml.rels", text(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`)},
		{"xl/styles.xml", text(`<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`)},
		{"xl/sharedStrings.xml", func(w *bufio.Writer) { writeShared(w, n) }},
		{"xl/worksheets/sheet1.xml", func(w *bufio.Writer) { writeSheet(w, n) }},
	} {
		part, err := archive.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return err
		}
		buffered := bufio.NewWriterSize(part, 1<<16)
		buffered.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n")
		p.write(buffered)
		if err := buffered.Flush(); err != nil {
			return err
		}
	}
	return archive.Close()
}

func text(s string) func(*bufio.Writer) { return func(w *bufio.Writer) { w.WriteString(s) } }

// varying are the columns whose text differs in each row; the others are the
// same throughout, and stand among the shared strings once.
var varying = map[int]int{2: 0, 4: 1, 7: 2, 10: 3}

func sharedIndex(column, row int) int {
	if nth, ok := varying[column]; ok {
		return 2*len(headings) + row*len(varying) + nth
	}
	return len(headings) + column
}

func writeShared(w *bufio.Writer, n int) {
	w.WriteString(`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
	put := func(s string) { fmt.Fprintf(w, "<si><t>%s</t></si>", s) }
	for _, heading := range headings {
		put(heading)
	}
	for _, same := range fields(0) {
		put(same)
	}
	for i := range n {
		row := fields(i)
		for column := range headings {
			if _, ok := varying[column]; ok {
				put(row[column])
			}
		}
	}
	w.WriteString(`</sst>`)
}

func writeSheet(w *bufio.Writer, n int) {
	fmt.Fprintf(w, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:L%d"/><sheetData>`, n+1)
	w.WriteString(`<row r="1" spans="1:12">`)
	for column := range headings {
		fmt.Fprintf(w, `<c r="%c1" t="s"><v>%d</v></c>`, 'A'+column, column)
	}
	w.WriteString(`</row>`)
	for i := range n {
		line := i + 2
		fmt.Fprintf(w, `<row r="%d" spans="1:12">`, line)
		for column := range headings {
			if column == amountColumn {
				fmt.Fprintf(w, `<c r="%c%d" s="2"><v>%s</v></c>`, 'A'+column, line, billOf(i).Amount)
				continue
			}
			fmt.Fprintf(w, `<c r="%c%d" s="1" t="s"><v>%d</v></c>`, 'A'+column, line, sharedIndex(column, i))
		}
		w.WriteString(`</row>`)
	}
	w.WriteString(`</sheetData></worksheet>`)
}
