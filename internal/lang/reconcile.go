package lang

// reconcileTexts: the messages of cmd/reconcile.
var reconcileTexts = Texts{
	"cmd.reconcile": {"按结算日期核对,写出对账工作簿", "write the reconciliation workbook by settle date"},
	"cmd.reconcile.long": {`读取检查点(--db,可重复),写出对账工作簿:汇总(核对等式、按结算日期和商户)、明细、未决、批次。
不改动检查点,运行中也可以使用。

  reconcile --env prod --settle-date 2026-11-20 --out 对账.xlsx
  reconcile --db a.db --db b.db --from 2026-11-01 --to 2026-11-30 --out 十一月.xlsx`,
		`Reads checkpoints (--db, repeatable) and writes the reconciliation workbook: summary (tie-out, per settle
date and merchant), details, what is unresolved, and the batches. It changes nothing, and works while a run is on.

  reconcile --env prod --settle-date 2026-11-20 --out reconciliation.xlsx
  reconcile --db a.db --db b.db --from 2026-11-01 --to 2026-11-30 --out november.xlsx`},
	"reconcile.usage.hint":    {"运行 reconcile --help 查看用法", "run reconcile --help to see the usage"},
	"reconcile.args":          {"reconcile 不接受参数 %q;文件用 --db、--out 指定", "reconcile takes no argument %q; files are named by --db and --out"},
	"reconcile.db":            {"没有指定检查点", "no checkpoint is named"},
	"reconcile.db.hint":       {"用 --db 指定文件,或用 --env 使用默认的文件", "name the file with --db, or the environment with --env"},
	"reconcile.open":          {"打开检查点 %s 失败:%v", "opening the checkpoint %s: %v"},
	"reconcile.open.hint":     {"检查路径;检查点由 batchcomplete run 生成", "check the path; batchcomplete run makes the checkpoint"},
	"reconcile.env":           {"检查点 %s 属于 %s 环境,与 %s 不能放在一起", "the checkpoint %s belongs to %s and does not go with %s"},
	"reconcile.env.hint":      {"每个环境分别对账", "reconcile each environment by itself"},
	"reconcile.out":           {"没有说明工作簿写到哪里(--out)", "where the workbook goes is not given (--out)"},
	"reconcile.date":          {"%q 不是 YYYY-MM-DD 形式的日期", "%q is not a date YYYY-MM-DD"},
	"reconcile.date.both":     {"--settle-date 与 --from、--to 不能同时使用", "--settle-date does not go with --from and --to"},
	"reconcile.statement":     {"本版本还不能读取对账单(--statement)", "statements (--statement) cannot be read yet in this version"},
	"reconcile.write":         {"写工作簿 %s 失败:%v", "writing the workbook %s: %v"},
	"reconcile.write.hint":    {"检查目录是否存在、可写,文件是否在 Excel 中打开", "is the folder there and writable, and the file not open in Excel?"},
	"reconcile.done":          {"对账工作簿:%s", "the workbook: %s"},
	"reconcile.tie.ok":        {"核对等式相符:%d 行,¥%s", "it ties out: %d rows, ¥%s"},
	"reconcile.tie.bad":       {"核对等式不相符:导入 %d 行,现有 %d 行", "it does not tie out: %d rows imported, %d there"},
	"reconcile.unresolved":    {"未决 %d 行,¥%s:见“未决”表", "%d rows are unresolved, ¥%s: see the sheet Unresolved"},
	"reconcile.head.settle":   {"结算日期", "settle date"},
	"reconcile.head.mid":      {"商户号", "mid"},
	"reconcile.head.rows":     {"笔数", "rows"},
	"reconcile.head.complete": {"完成金额(元)", "completed (yuan)"},
}
