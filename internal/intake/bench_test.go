package intake

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

const benchRows = 20_000

// BenchmarkReadCSV is one file of 20,000 rows and 12 columns with every check.
func BenchmarkReadCSV(b *testing.B) {
	path := filepath.Join(b.TempDir(), "bills.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := csv.NewWriter(f)
	rows := [][]string{{"商户号", "终端号", "账单号", "账单日期", "授权码", "完成金额(元)", "业务类型", "消息ID", "请求系统预留字段", "备注", "客户", "部门"}}
	for i := range benchRows {
		rows = append(rows, []string{
			"89844035541APR4", "APR40001", fmt.Sprintf("319420261120%010d", i), "2026-11-20", fmt.Sprintf("A%06d", i), fmt.Sprintf("%d.%02d", 10+i, i%100),
			"QRPAYDEFAULT", fmt.Sprintf("M%09d", i), "门店03", "按押金结算", fmt.Sprintf("客户%d", i), "华东一部",
		})
	}
	if err := w.WriteAll(rows); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		report, err := Read(context.Background(), path, Options{}, func(e Entry) error {
			if len(e.Problems) > 0 {
				return fmt.Errorf("line %d: %v", e.Line, e.Problems)
			}
			return nil
		})
		if err != nil || report.Rows != benchRows {
			b.Fatal(report.Rows, err)
		}
	}
}
