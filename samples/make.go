//go:build ignore

// Makes the sample files: go run samples/make.go, from the project's folder. With a path and a day, only a statement of
// that day, for what the sandbox completed of samples/bills.xlsx: go run samples/make.go demo/statement.xlsx 2026-11-20.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
)

type bill struct {
	mid, tid, no, date, code string
	fen                      money.Fen
	customer                 string
}

func (b bill) orderID() string {
	return batch.OrderID("sandbox", "", batch.Identity{MID: b.mid, BillDate: b.date, BillNo: b.no}, 0)
}

var customers = []string{"杭州西溪酒店", "上海外滩租车", "北京会议中心", "成都民宿", "广州设备租赁", "深圳酒店公寓"}

func bills(start, n int) []bill {
	var all []bill
	for i := start; i < start+n; i++ {
		mid, tid := "898440355410001", "40001001"
		if i%3 == 2 {
			mid, tid = "898440355410002", "40002001"
		}
		all = append(all, bill{mid, tid, fmt.Sprintf("124F20261120%012d", 830000000+i*7919), "2026-11-20", fmt.Sprintf("%06d", (i*48271+12345)%1000000),
			money.Fen(19800 + i*i*3137%90000/100*100 + i%10*10), customers[i%len(customers)]})
	}
	return all
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

var headings = []string{"序号", "商户号", "终端号", "账单号", "账单日期", "授权码", "完成金额(元)", "客户", "备注"}

func main() {
	main := bills(0, 28)
	main[5].fen = 31291  // the sandbox refuses it: no such bill
	main[11].fen = 45692 // the sandbox refuses it: not allowed by its rules
	main[17].fen = 28893 // the sandbox executes it and cuts the connection
	main[21].fen = 66695 // the sandbox executes it and says that it has trouble
	if len(os.Args) == 3 {
		writeStatement(os.Args[1], os.Args[2], main)
		return
	}
	writeBills("samples/bills.xlsx", main)
	writeCSV("samples/bills.csv", bills(100, 20))
	writeBroken("samples/broken.xlsx")
	writeStatement("samples/statement.xlsx", "2026-11-20", main)
	writeOldStatement("samples/statement-old.txt", main)
}

func writeBills(path string, all []bill) {
	f := excelize.NewFile()
	check(f.SetSheetName("Sheet1", "十一月账单"))
	const s = "十一月账单"
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	check(err)
	number, err := f.NewStyle(&excelize.Style{NumFmt: 4})
	check(err)
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	check(err)
	check(f.SetCellValue(s, "A1", "某某集团 2026 年 11 月 20 日预授权完成清单"))
	check(f.MergeCell(s, "A1", "I1"))
	check(f.SetSheetRow(s, "A3", &headings))
	check(f.SetCellStyle(s, "A3", "I3", bold))
	var total money.Fen
	for i, b := range append(all, all[3]) { // the last repeats the fourth
		row := i + 4
		for column, value := range map[string]string{"B": b.mid, "C": b.tid, "D": b.no, "E": b.date, "F": b.code, "H": b.customer} {
			cell := fmt.Sprintf("%s%d", column, row)
			check(f.SetCellStr(s, cell, value))
			check(f.SetCellStyle(s, cell, cell, text))
		}
		check(f.SetCellInt(s, fmt.Sprintf("A%d", row), int64(i+1)))
		money := fmt.Sprintf("G%d", row)
		check(f.SetCellDefault(s, money, b.fen.String()))
		check(f.SetCellStyle(s, money, money, number))
		total += b.fen
	}
	row := len(all) + 5
	check(f.SetCellStr(s, fmt.Sprintf("A%d", row), "合计"))
	check(f.SetCellDefault(s, fmt.Sprintf("G%d", row), total.String()))
	check(f.SetCellStyle(s, fmt.Sprintf("G%d", row), fmt.Sprintf("G%d", row), number))
	for column, width := range map[string]float64{"B": 18, "C": 11, "D": 28, "E": 12, "F": 9, "G": 14, "H": 16} {
		check(f.SetColWidth(s, column, column, width))
	}
	check(f.SaveAs(path))
}

// writeCSV writes GB18030 with CRLF, as Chinese Excel saves CSV.
func writeCSV(path string, all []bill) {
	var b strings.Builder
	b.WriteString(strings.Join(headings, ",") + "\r\n")
	for i, x := range all {
		fmt.Fprintf(&b, "%d,%s,%s,%s,%s,%s,%s,%s,\r\n", i+1, x.mid, x.tid, x.no, x.date, x.code, x.fen, x.customer)
	}
	encoded, err := simplifiedchinese.GB18030.NewEncoder().String(b.String())
	check(err)
	check(os.WriteFile(path, []byte(encoded), 0o644))
}

// writeBroken has one of each common mistake; its last column says which.
func writeBroken(path string) {
	f := excelize.NewFile()
	const s = "Sheet1"
	check(f.SetSheetRow(s, "A1", &[]string{"商户号", "终端号", "账单号", "账单日期", "授权码", "完成金额(元)", "错在哪里"}))
	good := []any{"898440355410001", "40001001", "124F20261120000990000000", "2026-11-20", "012345", 100.5}
	n := 0
	row := func(what string, column int, value any) int {
		n++
		values := append([]any{}, good...)
		values[2] = fmt.Sprintf("124F20261120%012d", 990000000+n)
		if column >= 0 {
			values[column] = value
		}
		values = append(values, what)
		check(f.SetSheetRow(s, fmt.Sprintf("A%d", n+1), &values))
		return n + 1
	}
	style := func(format int, custom string, row int) {
		st := &excelize.Style{NumFmt: format}
		if custom != "" {
			st.CustomNumFmt = &custom
		}
		id, err := f.NewStyle(st)
		check(err)
		check(f.SetCellStyle(s, fmt.Sprintf("F%d", row), fmt.Sprintf("F%d", row), id))
	}
	row("没有错", -1, nil)
	row("授权码存成数字,前导零已丢", 4, 12345)
	row("账单号存成数字,后几位已变成 0", 2, 20261120123456800000.0)
	row("账单号成了科学计数法", 2, "1.24E+23")
	row("日期先写日月,不明确", 3, "3/4/2026")
	row("没有金额", 5, nil)
	row("金额为零", 5, 0)
	row("金额为负", 5, -100.5)
	row("金额不足一分", 5, 19.085)
	row("金额写成文字", 5, "壹佰元")
	style(3, "", row("格式隐藏了小数", 5, 1908.4))
	style(0, `0!.0,"万"`, row("格式以万元显示", 5, 190800))
	row("金额超过单笔上限", 5, 1000000.01)
	row("授权码太短", 4, "12345")
	row("账单号里有空格", 2, "124F 20261120 0001")
	row("账单号太长", 2, strings.Repeat("124F", 8))
	row("日期不存在", 3, "2026-02-30")
	row("日期的年份不合理", 3, "2206-11-20")
	row("金额写着另一种单位", 5, "10050分")
	row("金额的千分号位置不对", 5, "1,00.50")
	style(9, "", row("金额以百分比显示", 5, 1.005))
	style(14, "", row("金额是日期格式", 5, 46346))
	row("模板的示例没有换掉", 4, "示例 012345")
	at := row("金额是没有结果的公式", 5, nil)
	check(f.SetCellFormula(s, fmt.Sprintf("F%d", at), "50+50.5"))
	row("金额是逻辑值", 5, true)
	at = row("表头之外还有内容", -1, nil)
	check(f.SetCellStr(s, fmt.Sprintf("H%d", at), "?"))
	at = row("没有错:这一行被隐藏,照常读取,并作提示", -1, nil)
	check(f.SetRowVisible(s, at, false))
	at = row("同一账单,金额不同(与下一行)", -1, nil)
	same, err := f.GetCellValue(s, fmt.Sprintf("C%d", at))
	check(err)
	at = row("同一账单,金额不同(与上一行)", 5, 200.5)
	check(f.SetCellStr(s, fmt.Sprintf("C%d", at), same))
	n += 25
	row("遗忘在很多空行下面", -1, nil)
	for column, width := range map[string]float64{"A": 18, "C": 28, "D": 12, "F": 14, "G": 42} {
		check(f.SetColWidth(s, column, column, width))
	}
	check(f.SaveAs(path))
}

// stmt is one line of a statement.
type stmt struct {
	bill
	kind          string
	fee, discount money.Fen
	serial        int
}

// statementOf is what the statement of that day could say: the bills that were
// completed, the discounts that the sandbox gives, a sale that is other business,
// and a refund.
func statementOf(all []bill) []stmt {
	var lines []stmt
	add := func(kind string, b bill, fen money.Fen) {
		b.fen = fen
		lines = append(lines, stmt{bill: b, kind: kind, fee: (fen*6 + 500) / 1000, serial: len(lines) + 1})
	}
	for i, b := range all {
		switch i {
		case 5, 11: // refused
		case 7, 25:
			add("预授权完成", b, b.fen)
			lines[len(lines)-1].discount = b.fen / 20
		default:
			add("预授权完成", b, b.fen)
		}
	}
	sale := all[0]
	sale.no, sale.date = "sale", "2026-11-20"
	add("消费", sale, 12800)
	add("退货", all[1], all[1].fen)
	return lines
}

var portalHeads = strings.Fields("清算时间 交易时间 终端号 交易类型 卡号 交易金额 清算金额 手续费 T0手续费 D1手续费 流水号 检索号 卡类型 发卡行 商户号 商户名称 分店简称 商户订单号 银商订单号 交易方式 分店 优惠金额 分期手续费 付款附言 备注 买家ID")

func (l stmt) reference() string { return fmt.Sprintf("%011dN", 35313909000+l.serial) }
func (l stmt) platform() string  { return fmt.Sprintf("1123%016d", l.serial) }

// writeStatement is what the portal's download of a day could look like.
func writeStatement(path, day string, all []bill) {
	f := excelize.NewFile()
	const s = "对账数据"
	check(f.SetSheetName("Sheet1", s))
	check(f.SetSheetRow(s, "A2", &portalHeads))
	lines := statementOf(all)
	var sum money.Fen
	for i, l := range lines {
		sum += l.fen
		values := map[string]string{"清算时间": day, "交易时间": day + " 22:10:05", "终端号": l.tid, "交易类型": l.kind, "卡号": "622202******1234",
			"交易金额": l.fen.String(), "清算金额": (l.fen - l.fee).String(), "手续费": l.fee.String(), "T0手续费": "0.00", "D1手续费": "0.00", "流水号": fmt.Sprintf("%06d", l.serial),
			"检索号": l.reference(), "卡类型": "借记卡", "发卡行": "中国银行", "商户号": l.mid, "商户名称": "某某集团", "商户订单号": l.orderID(),
			"银商订单号": l.platform(), "交易方式": "银行卡", "优惠金额": l.discount.String(), "分期手续费": "0.00"}
		for column, head := range portalHeads {
			name, err := excelize.CoordinatesToCellName(column+1, i+3)
			check(err)
			check(f.SetCellStr(s, name, values[head]))
		}
	}
	check(f.SetCellStr(s, "A1", fmt.Sprintf("总笔数:%d 总金额:%s", len(lines), sum)))
	check(f.SetCellStr(s, fmt.Sprintf("A%d", len(lines)+3), "以上数据仅供参考,以实际入账为准。"))
	check(f.SaveAs(path))
}

// writeOldStatement is the same day in the older text layout, as GB18030.
func writeOldStatement(path string, all []bill) {
	var b strings.Builder
	b.WriteString("商户对账单\r\n集团名称\t某某集团\r\n清算日期\t20261120\r\n")
	b.WriteString("清算日期\t交易日期\t交易时间\t终端号\t交易金额\t清算金额\t手续费\t流水号\t交易类型\t参考号\t卡号\t商户号\t发卡行\t卡类型\t商户订单号\t银商订单号\t支付类型\r\n")
	lines := statementOf(all)
	var sum, fees money.Fen
	for _, l := range lines {
		sum, fees = sum+l.fen, fees+l.fee
		fmt.Fprintf(&b, "20261120\t20261120\t221005\t%s\t%s\t%s\t%s\t%06d\t%s\t%s\t622202******1234\t%s\t中国银行\t借记卡\t%s\t%s\t银行卡\r\n",
			l.tid, l.fen, l.fen-l.fee, l.fee, l.serial, l.kind, l.reference(), l.mid, l.orderID(), l.platform())
	}
	fmt.Fprintf(&b, "\r\n总笔数\t交易金额\t结算金额\t手续费\r\n%d\t%s\t%s\t%s\r\n", len(lines), sum, sum-fees, fees)
	encoded, err := simplifiedchinese.GB18030.NewEncoder().String(b.String())
	check(err)
	check(os.WriteFile(path, []byte(encoded), 0o644))
}
