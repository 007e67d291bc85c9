package lang

// reconcileTexts: the messages of cmd/reconcile.
var reconcileTexts = Texts{
	"cmd.reconcile": {"按结算日期核对,写出对账工作簿", "write the reconciliation workbook by settle date"},
	"cmd.reconcile.long": {`读取检查点(--db,可重复)和银联商务的对账单(--statement,可重复),写出对账工作簿:
汇总(核对等式、按结算日期和商户、银行应入账)、明细、差异、未决、对账单、批次。
不改动检查点,运行中也可以使用。未消除的差异记在结转簿(--carry)中,第二天接着列出,直到消除或说明(--explain)。

  reconcile --env prod --settle-date 2026-11-20 --statement 898440355410001_MX_20261121.xlsx --out 对账.xlsx
  reconcile --db a.db --db b.db --from 2026-11-01 --to 2026-11-30 --out 十一月.xlsx
  reconcile --env prod --out 对账 --format csv
  reconcile --env prod --explain D4K7QX2MNAB --note "客户当日撤销,已核对"`,
		`Reads checkpoints (--db, repeatable) and UMS's statements (--statement, repeatable), and writes the
reconciliation workbook: summary (tie-out, per settle date and merchant, expected credit), details, breaks,
what is unresolved, statement, batches. It changes no checkpoint, and works while a run is on. Breaks that are
open are kept in the carry-over book (--carry) and come back the next day, until they clear or are explained.

  reconcile --env prod --settle-date 2026-11-20 --statement 898440355410001_MX_20261121.xlsx --out reconciliation.xlsx
  reconcile --db a.db --db b.db --from 2026-11-01 --to 2026-11-30 --out november.xlsx
  reconcile --env prod --out reconciliation --format csv
  reconcile --env prod --explain D4K7QX2MNAB --note "cancelled by the customer, checked"`},
	"reconcile.usage.hint":          {"运行 reconcile --help 查看用法", "run reconcile --help to see the usage"},
	"reconcile.args":                {"reconcile 不接受参数 %q;文件用 --db、--out 指定", "reconcile takes no argument %q; files are named by --db and --out"},
	"reconcile.db":                  {"没有指定检查点", "no checkpoint is named"},
	"reconcile.db.hint":             {"用 --db 指定文件,或用 --env 使用默认的文件", "name the file with --db, or the environment with --env"},
	"reconcile.open":                {"打开检查点 %s 失败:%v", "opening the checkpoint %s: %v"},
	"reconcile.open.hint":           {"检查路径;检查点由 batchcomplete run 生成", "check the path; batchcomplete run makes the checkpoint"},
	"reconcile.env":                 {"检查点 %s 属于 %s 环境,与 %s 不能放在一起", "the checkpoint %s belongs to %s and does not go with %s"},
	"reconcile.env.hint":            {"每个环境分别对账", "reconcile each environment by itself"},
	"reconcile.out":                 {"没有说明工作簿写到哪里(--out)", "where the workbook goes is not given (--out)"},
	"reconcile.date":                {"%q 不是 YYYY-MM-DD 形式的日期", "%q is not a date YYYY-MM-DD"},
	"reconcile.date.both":           {"--settle-date 与 --from、--to 不能同时使用", "--settle-date does not go with --from and --to"},
	"reconcile.db.twice":            {"检查点 %s 给了两次", "the checkpoint %s is given twice"},
	"reconcile.db.twice.hint":       {"每个 --db 只写一次", "name each --db once"},
	"reconcile.format":              {"--format 只能是 xlsx 或 csv,不是 %q", "--format is xlsx or csv, not %q"},
	"reconcile.format.hint":         {"csv 时 --out 是一个文件夹", "with csv, --out is a folder"},
	"reconcile.statement.open":      {"打开对账单 %s 失败:%v", "opening the statement %s: %v"},
	"reconcile.statement.open.hint": {"检查路径;对账单可能还没有下载,到时再运行一次", "check the path; where the statement is not there yet, run again when it is"},
	"reconcile.statement.refused":   {"对账单 %s 被拒收:%s", "the statement %s is refused: %s"},
	"reconcile.strict":              {"应有而没有对账单:%s", "a statement is expected and missing: %s"},
	"reconcile.strict.none":         {"一个 --statement 也没有给", "no --statement is given"},
	"reconcile.strict.hint":         {"补上对账单再运行一次;不带 --strict-statement 则照常写出工作簿", "run again with the statement; without --strict-statement this is no failure"},
	"reconcile.config":              {"配置有误:%v", "the configuration is wrong: %v"},
	"reconcile.config.hint":         {"参照 docs/reconciliation.md 修改", "compare it with docs/reconciliation.md"},
	"reconcile.carry":               {"结转簿 %s:%v", "the carry-over book %s: %v"},
	"reconcile.carry.hint":          {"检查 --carry 的路径和环境;--carry none 表示这一次不用结转簿", "check the path of --carry and the environment; --carry none leaves the book out this time"},
	"reconcile.explain":             {"不能说明这条差异:%v", "the break cannot be explained: %v"},
	"reconcile.explain.hint":        {"编号在“差异”表的第一列;并用 --note 写明理由", "its key is in the first column of Breaks; say why with --note"},
	"reconcile.explain.note":        {"--explain 需要 --note 写明理由", "--explain needs a --note that says why"},
	"reconcile.explain.done":        {"%s 已标记为已说明:%s(%s)", "%s is explained: %s (%s)"},
	"reconcile.breaks":              {"差异 %s:%d 条,¥%s", "break %s: %d, ¥%s"},
	"reconcile.agrees":              {"对账单 %d 行:相符 %d,其他业务 %d", "%d statement lines: %d agree, %d of other business"},
	"reconcile.undated":             {"已完成但没有结算日期:%d 笔", "completed without a settle date: %d"},
	"reconcile.write":               {"写工作簿 %s 失败:%v", "writing the workbook %s: %v"},
	"reconcile.write.hint":          {"检查目录是否存在、可写,文件是否在 Excel 中打开", "is the folder there and writable, and the file not open in Excel?"},
	"reconcile.done":                {"对账工作簿:%s", "the workbook: %s"},
	"reconcile.tie.ok":              {"核对等式相符:%d 行,¥%s", "it ties out: %d rows, ¥%s"},
	"reconcile.tie.bad":             {"核对等式不相符:导入 %d 行,现有 %d 行", "it does not tie out: %d rows imported, %d there"},
	"reconcile.unresolved":          {"未决 %d 行,¥%s:见“未决”表", "%d rows are unresolved, ¥%s: see the sheet Unresolved"},
	"reconcile.head.settle":         {"结算日期", "settle date"},
	"reconcile.head.mid":            {"商户号", "mid"},
	"reconcile.head.rows":           {"笔数", "rows"},
	"reconcile.head.complete":       {"完成金额(元)", "completed (yuan)"},
}
