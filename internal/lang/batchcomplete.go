package lang

// batchcompleteTexts: the messages of cmd/batchcomplete.
var batchcompleteTexts = Texts{
	"cmd.batchcomplete": {"批量完成银联商务预授权", "complete card pre-authorisations at UMS in batches"},
	"cmd.batchcomplete.long": {`读取账单表格(Excel、WPS 的 .xlsx 或 .csv),逐笔向银联商务发起预授权完成,
每一步先写入检查点(SQLite)再发送;随时可以中断并再次运行,任何一笔都不会完成两次。
结果写在原表格每一行的旁边。`,
		`Reads spreadsheets of bills (.xlsx or .csv), completes each bill's pre-authorisation at UMS
(银联商务), and keeps every step in a checkpoint (SQLite) before anything is sent: it can be stopped
and run again at any point, and no bill is ever completed twice. The results come back beside each row
of the spreadsheet.`},
	"cmd.run": {"检查、导入、完成、查清、写结果:每晚的任务", "check, import, complete, resolve, write results: the nightly job"},
	"cmd.run.long": {`run 依次:检查文件;导入检查点;发送待发送的行;向网关查询结果未知的行;写出结果。
以前的批次中还没做完的行也会一并继续。同一文件可以反复运行:已完成的不会再发送。
FILE 可以是文件、文件夹或带引号的通配符("inbox/*.xlsx")。后两种当作收件箱:锁文件 ~$…、隐藏和临时文件、
本程序的 *.results.* 和 *.check.*、刚刚还在写入的、已经做完的都不去动;直接写出的文件总会读取。
一个文件被拒收不影响其它文件,退出码为 10。

  batchcomplete run bills.xlsx --env sandbox          用内置的模拟网关演练
  batchcomplete run bills.xlsx --env prod --yes       生产环境,不询问(cron)`,
		`run checks the files, imports them, sends what is pending, asks the gateway about what is in doubt,
and writes the results. What earlier batches left open is carried on too. The same file can be run any
number of times: what is completed is not sent again.
A FILE is a file, a folder, or a quoted pattern ("inbox/*.xlsx"). The latter two are an inbox: lock files
~$…, hidden and temporary files, our own *.results.* and *.check.*, what is still being written and what is finished
are left alone; a file that is named is always read. One that is refused leaves the others running,
and shows in the exit code: 10.

  batchcomplete run bills.xlsx --env sandbox          rehearse against the embedded sandbox
  batchcomplete run bills.xlsx --env prod --yes       production, without asking (cron)`},
	"cmd.check": {"发送之前的一切检查;不发送,也不写检查点", "everything run does before it sends; sends and writes nothing"},
	"cmd.check.long": {`check 与 run 走同一段代码:check 通过的,run 就会发送。
每个问题都指出工作表、单元格、原值、错在哪里、怎么改。--out 另存一份标出问题的表格。`,
		`check takes the same path as run: what it passes, run sends. Every problem names the sheet, the cell,
the value, what is wrong and how to mend it. --out saves a copy of the spreadsheet with the problems marked.`},
	"cmd.retry": {"被拒绝的行(或所选的行)再发送一次", "declined rows (and others selected) once more"},
	"cmd.retry.long": {`retry 先列出选中的行和金额,确认后再发送。被拒绝的行使用新的完成订单号;
其它状态的行(--state)沿用原来的订单号。选择条件:--state --code --bill --line。`,
		`retry shows which rows and how much money, then sends them. A declined row gets a new order id; rows in
other states (--state) keep theirs. Select with --state --code --bill --line.`},
	"cmd.resolve":      {"向网关查询结果未知的行", "ask the gateway about rows in doubt"},
	"cmd.resolve.long": {"resolve 只查询,不发送。", "resolve only asks; it sends nothing."},
	"cmd.decide":       {"由人裁定一笔结果未知或待人工处理的账单", "a person settles a held or unknown row"},
	"cmd.decide.long": {`BILL 是账单号,或 商户号/账单号,或完成订单号。裁定人、时间和理由都会保存。

  batchcomplete decide 124F2026… --env prod --as completed --reason "商户平台已见该笔入账"`,
		`BILL is a bill number, or mid/billNo, or an order id. Who, when and why are kept.

  batchcomplete decide 124F2026… --env prod --as completed --reason "seen settled on the merchant portal"`},
	"cmd.status":        {"各批次,以及各状态的笔数和金额", "batches, and how many rows and how much money is in each state"},
	"cmd.status.long":   {"BATCH 是批次名,任何不含糊的前缀都可以。", "A BATCH is a batch's name; any unambiguous prefix will do."},
	"cmd.rows":          {"逐行列出", "the rows"},
	"cmd.rows.long":     {"用 --state --code --settle-date 选择,--format table|csv|json 输出。", "Select with --state --code --settle-date; --format table, csv or json."},
	"cmd.show":          {"一笔账单的来龙去脉", "one bill's whole story in plain words"},
	"cmd.show.long":     {"每次发送、每次答复、目前知道什么、接下来会怎样。", "Every attempt, every answer, what is known, and what will happen next."},
	"cmd.template":      {"生成一份可填写的空表格", "an empty spreadsheet to fill in"},
	"cmd.template.long": {"各列已设好格式,Excel 不会损坏号码;附说明页。", "Its columns are formatted so that Excel cannot damage the numbers; a page explains them."},
	"cmd.config":        {"检查或显示配置", "check or show the configuration"},
	"cmd.config.long":   {"见 config check 和 config show。", "See config check and config show."},
	"cmd.config.check":  {"检查配置文件的每一项和每个 profile", "check every key and every profile of the configuration file"},
	"cmd.config.check.long": {"一次列出 run 会拒绝的所有设置:不认识的项、不能用的值、缺少的凭证、权限不当的密钥文件。有问题时退出码为 2。",
		"Lists at once every setting that run would refuse: unknown keys, values that cannot be used, credentials that are missing, key files that others can read. Exit code 2 where there are any."},
	"cmd.config.show":      {"每项设置的值和来源", "the value of every setting and where it comes from"},
	"cmd.config.show.long": {"来源:命令行、环境变量、配置文件(公共部分或 profile)、默认值。密钥和带密钥的网址显示为 REDACTED。", "It comes from the command line, the environment, the configuration file (its common part or the profile), or is the default. Keys, and addresses that hold one, are shown as REDACTED."},
	"cmd.sandbox":          {"本机上的模拟网关,用于演练", "a local gateway to rehearse against, on loopback"},
	"cmd.sandbox.long": {`启动后打印地址和凭证;用 --env test --base-url 地址 来连接。Ctrl-C 结束。
--faults script 时,按账单号或金额末位模拟各种故障。`,
		`Prints its address and credentials; connect with --env test --base-url ADDRESS. Ctrl-C ends it.
With --faults script, the last digits of bill or amount bring about every kind of trouble.`},
	"cmd.version":      {"版本、提交和依赖", "version, commit and dependencies"},
	"cmd.version.long": {"版本、提交和依赖。", "Version, commit and dependencies."},

	"batchcomplete.usage.hint": {"运行 batchcomplete --help 查看用法", "run batchcomplete --help to see the usage"},
	"batchcomplete.usage.args": {"参数个数不对;用法:%s", "wrong number of arguments; usage: %s"},

	"batchcomplete.env.missing":    {"没有说明网关环境(--env)", "the gateway environment is not given (--env)"},
	"batchcomplete.env.unknown":    {"没有 %q 这个环境", "there is no environment %q"},
	"batchcomplete.env.hint":       {"--env sandbox 演练,--env test 测试环境,--env prod 生产环境", "--env sandbox to rehearse, --env test for the test environment, --env prod for production"},
	"batchcomplete.env.other":      {"检查点 %s 属于 %s 环境,不是 %s", "the checkpoint %s belongs to %s, not to %s"},
	"batchcomplete.env.other.hint": {"每个环境用各自的检查点;检查 --env 和 --db", "each environment has its own checkpoint; check --env and --db"},
	"batchcomplete.rate.low":       {"--rate 和 --workers 至少为 1", "--rate and --workers are at least 1"},
	"batchcomplete.baseurl.test":   {"--base-url 只用于 --env test", "--base-url goes with --env test only"},
	"batchcomplete.cafile":         {"%s 中没有 PEM 格式的证书", "%s holds no certificate in PEM form"},
	"batchcomplete.until":          {"--until %q 不是 HH:MM 形式的时刻", "--until %q is not a time of day HH:MM"},

	"batchcomplete.config.none":    {"没有指出配置文件", "no configuration file is named"},
	"batchcomplete.config.problem": {"%s:%v", "%s: %v"},
	"batchcomplete.config.fine":    {"%s:可用,环境 %s,检查点 %s", "%s: fine; environment %s, checkpoint %s"},
	"batchcomplete.config.name":    {"设置", "setting"},
	"batchcomplete.config.value":   {"值", "value"},
	"batchcomplete.config.origin":  {"来源", "from"},

	"batchcomplete.key.file":         {"不能使用密钥文件 %s:%v", "the key file %s cannot be used: %v"},
	"batchcomplete.key.file.hint":    {"密钥文件须是属于本人的普通文件(不是链接),只有一行,仅本人可读,所在目录他人不可写:chmod 600 %s", "it must be a regular file of yours (no link) with one line, which only you can read, in a folder where nobody else can write: chmod 600 %s"},
	"batchcomplete.key.env":          {"不能使用环境变量 UMS_APP_KEY:%v", "UMS_APP_KEY cannot be used: %v"},
	"batchcomplete.key.missing":      {"缺少 appId 或 appKey", "the appId or the appKey is missing"},
	"batchcomplete.key.missing.hint": {"设置环境变量 UMS_APP_ID 和 UMS_APP_KEY,或在配置文件中写 app_id 和 app_key_file", "set UMS_APP_ID and UMS_APP_KEY, or app_id and app_key_file in the configuration"},

	"batchcomplete.journal.failed":      {"检查点写入出错,运行已停止:%v", "the checkpoint failed, and the run was stopped: %v"},
	"batchcomplete.journal.failed.hint": {"检查磁盘空间和权限后再运行同一命令;结果未知的行会先查询", "check disk space and permissions, then run the same command; rows in doubt are asked about first"},

	"batchcomplete.checkpoint.locked":        {"另一次运行正占用检查点 %s", "another run holds the checkpoint %s"},
	"batchcomplete.checkpoint.locked.hint":   {"等它结束;status 和 rows 随时可用", "wait for it to end; status and rows work meanwhile"},
	"batchcomplete.checkpoint.failed":        {"打开检查点 %s 失败:%v", "opening the checkpoint %s: %v"},
	"batchcomplete.checkpoint.failed.hint":   {"见 docs/operations.md 的“检查点”一节", "see docs/operations.md, “The checkpoint”"},
	"batchcomplete.checkpoint.foreign":       {"%s 不是本程序的检查点(%v);什么都没有发送", "%s is not a checkpoint of this program (%v); nothing was sent"},
	"batchcomplete.checkpoint.foreign.hint":  {"检查 --db 指的是不是检查点", "check that --db names the checkpoint"},
	"batchcomplete.checkpoint.newer":         {"检查点 %s 是更新版本的程序写的(%v);什么都没有发送", "the checkpoint %s is a newer version's (%v); nothing was sent"},
	"batchcomplete.checkpoint.newer.hint":    {"用写它的那个版本或更新的版本运行", "run the version that wrote it, or a later one"},
	"batchcomplete.checkpoint.damaged":       {"检查点 %s 已损坏(%v);什么都没有发送", "the checkpoint %s is damaged (%v); nothing was sent"},
	"batchcomplete.checkpoint.damaged.hint":  {"恢复备份,把 .anchor 留在原处;见 docs/operations.md 的“检查点”一节", "restore a backup and leave the .anchor where it is; see docs/operations.md, “The checkpoint”"},
	"batchcomplete.checkpoint.tampered":      {"检查点 %s 自身的规则被改过(%v);什么都没有发送", "the checkpoint %s had its own rules changed (%v); nothing was sent"},
	"batchcomplete.checkpoint.tampered.hint": {"查明是谁改的;恢复备份,把 .anchor 留在原处", "find out who changed it; restore a backup and leave the .anchor where it is"},
	"batchcomplete.checkpoint.log":           {"检查点 %s 旁边的日志(-wal)不是它的(%v);什么都没有发送", "the checkpoint %s has a log (-wal) beside it that is not its own (%v); nothing was sent"},
	"batchcomplete.checkpoint.log.hint":      {"把那个 -wal 和 -shm 移走,放回属于它的,或恢复备份", "move that -wal and -shm away, and put its own back or restore a backup"},
	"batchcomplete.checkpoint.folder":        {"检查点 %s 所在的目录不存在", "the folder of the checkpoint %s does not exist"},
	"batchcomplete.checkpoint.folder.hint":   {"先建立目录 %s,或检查 --db", "make the folder %s first, or check --db"},
	"batchcomplete.checkpoint.missing":       {"没有检查点 %s", "there is no checkpoint %s"},
	"batchcomplete.checkpoint.missing.hint":  {"先运行 batchcomplete run,或用 --db 指出位置", "run batchcomplete run first, or name it with --db"},

	"batchcomplete.input.missing":      {"读取 %s 失败:%v", "reading %s: %v"},
	"batchcomplete.input.one":          {"--expect-rows、--expect-total 和指向文件的 --out 一次只能用于一个输入文件", "--expect-rows, --expect-total and an --out that is a file go with one input only"},
	"batchcomplete.input.twice":        {"%s 给了两次", "%s is given twice"},
	"batchcomplete.input.refused":      {"拒收 %s:%s", "%s is refused: %s"},
	"batchcomplete.input.known":        {"%s 是已有的批次 %s,继续处理", "%s is batch %s already; carrying on with it"},
	"batchcomplete.input.imported":     {"%s → 批次 %s:新 %d 笔 ¥%s,重复 %d,无效 %d", "%s → batch %s: %d new rows ¥%s, %d duplicates, %d invalid"},
	"batchcomplete.input.problem":      {"  %s %s:%s。%s", "  %s %s: %s. %s"},
	"batchcomplete.input.moreproblem":  {"  …… 另有 %d 处问题,用 check --out 查看全部", "  … and %d more problems; check --out shows them all"},
	"batchcomplete.input.note":         {"  注意:%s", "  note: %s"},
	"batchcomplete.input.writing":      {"%s 可能还在写入,留给下次运行", "%s may still be being written; it is left for the next run"},
	"batchcomplete.input.empty":        {"没有要处理的", "there is nothing to do"},
	"batchcomplete.input.none":         {"没有可处理的文件", "there is no file to work on"},
	"batchcomplete.columns.field":      {"配置的 columns 中没有 %q 这个字段", "the configuration's section columns names a field %q that does not exist"},
	"batchcomplete.columns.taken":      {"配置的 columns 中的表头 %q 是空的,或已是另一个字段的名称", "the configuration's section columns has a heading %q that is empty or names another field already"},
	"batchcomplete.columns.taken.hint": {"每个字段写一个自己的表头,例如 totalAmount: 应收金额(元)", "give each field a heading of its own, such as totalAmount: 应收金额(元)"},
	"batchcomplete.amount.bad":         {"%s 的值 %q 不是金额", "%s: %q is not an amount"},

	"batchcomplete.check.totals":  {"没有问题的行,按商户和账单日期:", "rows without a problem, by merchant and bill date:"},
	"batchcomplete.check.new":     {"新的:%d 笔,¥%s", "new: %d rows, ¥%s"},
	"batchcomplete.check.before":  {"已有的:批次 %s,%s,%d 笔,¥%s", "there before: batch %s, %s, %d rows, ¥%s"},
	"batchcomplete.check.changed": {"后来改动过的:%d 笔,¥%s,不会发送,见上面的问题", "changed since: %d rows, ¥%s; they are not sent, see the problems above"},
	"batchcomplete.check.within":  {"  第 %d 行与本文件第 %d 行是同一账单,内容一致,只发送一次", "  line %d is the same bill as line %d of this file, and the two agree: it is sent once"},
	"batchcomplete.check.out":     {"check 的 --out 须是 .xlsx 文件或文件夹,而不是 %s", "check --out is an .xlsx file or a folder, and not %s"},
	"batchcomplete.check.large":   {"%s 太大或无法读取,没有标在单元格上,只列出了问题", "%s is too large, or cannot be read: its problems are listed, and no cell is marked"},
	"batchcomplete.check.failed":  {"写 %s 的检查结果失败:%v", "writing what was found in %s: %v"},
	"batchcomplete.check.sheet":   {"问题", "problems"},
	"batchcomplete.check.tab":     {"工作表", "sheet"},
	"batchcomplete.check.cell":    {"单元格", "cell"},
	"batchcomplete.check.heading": {"列", "column"},
	"batchcomplete.check.value":   {"原值", "value"},
	"batchcomplete.check.problem": {"错在哪里", "what is wrong"},
	"batchcomplete.check.mend":    {"怎样改", "how to mend it"},
	"batchcomplete.check.none":    {"没有问题", "nothing is wrong"},
	"batchcomplete.check.more":    {"  …… 另有 %d 行与本文件中的另一行相同", "  … and %d more rows that repeat one of this file"},

	"batchcomplete.plan":       {"环境 %s:将发送 %d 笔,共 ¥%s", "environment %s: %d rows are to be sent, ¥%s in all"},
	"batchcomplete.distrusted": {"检查点可能忘记了 %s 之前的发送:每一行在发送前先查询,查无此单要在 %s 之后才作数", "the checkpoint may have forgotten what was sent before %s: every row is asked about before it is sent, and an absence counts after %s"},
	"batchcomplete.plan.ask":   {"继续吗?[y/N] ", "Go on? [y/N] "},
	"batchcomplete.plan.no":    {"没有发送任何一笔", "nothing was sent"},

	"batchcomplete.progress":      {"已完成 ¥%s 未知 %d", "completed ¥%s, doubtful %d"},
	"batchcomplete.progress.rows": {"笔", "rows"},

	"batchcomplete.head.state":      {"状态", "state"},
	"batchcomplete.head.rows":       {"笔数", "rows"},
	"batchcomplete.head.yuan":       {"金额(元)", "yuan"},
	"batchcomplete.head.completed":  {"完成金额(元)", "completed (yuan)"},
	"batchcomplete.head.total":      {"合计", "total"},
	"batchcomplete.head.settleDate": {"结算日期", "settle date"},
	"batchcomplete.head.mid":        {"商户号", "mid"},
	"batchcomplete.head.batch":      {"批次", "batch"},
	"batchcomplete.head.line":       {"行", "line"},
	"batchcomplete.head.billDate":   {"账单日期", "bill date"},
	"batchcomplete.head.bill":       {"账单号", "bill"},
	"batchcomplete.head.code":       {"错误代码", "code"},
	"batchcomplete.head.message":    {"错误说明", "reason"},
	"batchcomplete.settle.none":     {"(网关未给)", "(not given)"},

	"batchcomplete.report.batch":   {"批次 %s:%d 行,¥%s", "batch %s: %d rows, ¥%s"},
	"batchcomplete.report.results": {"结果:%s", "results: %s"},

	"batchcomplete.stop.client_refused":    {"已停止:网关拒绝了凭证、时钟或来源。检查 appId、appKey、本机时间和出口 IP 后再运行同一命令。", "stopped: the gateway refused the credentials, the clock or the source. Check appId, appKey, this machine's time and its public IP, then run the same command."},
	"batchcomplete.stop.too_many_failures": {"已停止:连续太多笔没有明确结果。检查网络和网关后再运行同一命令。", "stopped: too many outcomes in a row were unclear. Check the network and the gateway, then run the same command."},
	"batchcomplete.stop.too_much_in_doubt": {"已停止:结果未知的金额超过上限。先运行 resolve 查清。", "stopped: more money is in doubt than allowed. Run resolve first."},
	"batchcomplete.stop.clock_jumped":      {"已停止:运行中本机时钟被改动。校准时间后再运行同一命令。", "stopped: this machine's clock was set during the run. Set it right, then run the same command."},
	"batchcomplete.stop.time_up":           {"时间已到,没有再开始新的请求;下次运行会继续。", "its time was up and nothing new was begun; the next run carries on."},
	"batchcomplete.stop.interrupted":       {"被中断:在途的请求已完成并记录;同一命令可继续。", "interrupted: what was in flight was finished and recorded; the same command carries on."},
	"batchcomplete.stop.merchant_refused":  {"有商户被网关拒绝,该商户其余的行仍待发送。", "the gateway refuses a merchant; that merchant's other rows remain pending."},
	"batchcomplete.stop.resolve_time_up":   {"查询时间用完,仍有结果未知的行;下次运行会先查询。", "the time for resolving is used up and rows remain in doubt; the next run asks first."},

	"batchcomplete.next.unknown":  {"%d 笔结果未知:不会再发送,下次 run 或 resolve 会先向网关查询。", "%d rows are unknown: they are not sent again; the next run or resolve asks the gateway first."},
	"batchcomplete.next.held":     {"%d 笔待人工处理:用 show 查看,用 decide 裁定。", "%d rows are held: look at them with show, settle them with decide."},
	"batchcomplete.next.declined": {"%d 笔被拒绝:见结果表的“建议”列;处理后用 retry 再发送。", "%d rows were declined: the results' advice column says what to do; then use retry."},
	"batchcomplete.next.invalid":  {"%d 笔无效:在表格中改好后再次交来。", "%d rows are invalid: mend them in the spreadsheet and hand it in again."},
	"batchcomplete.next.pending":  {"%d 笔待发送:下次 run 会继续。", "%d rows are pending: the next run carries on."},

	"batchcomplete.retry.none":       {"没有符合条件的行", "no row matches"},
	"batchcomplete.retry.more":       {"…… 另有 %d 笔", "… and %d more"},
	"batchcomplete.retry.state":      {"状态 %s 的行不能再发送", "rows that are %s cannot be sent again"},
	"batchcomplete.retry.state.hint": {"可选:declined、pending、unknown(先查询)", "possible: declined, pending, unknown (asked about first)"},
	"batchcomplete.resolve.none":     {"没有结果未知的行", "no row is in doubt"},
	"batchcomplete.batch.hint":       {"batchcomplete status 列出所有批次", "batchcomplete status lists the batches"},
	"batchcomplete.bill.none":        {"检查点中没有账单 %q", "the checkpoint has no bill %q"},
	"batchcomplete.bill.several":     {"%q 有多笔:%s", "there are several bills %q: %s"},
	"batchcomplete.bill.hint":        {"可写成 商户号/账单号,或完成订单号;rows 列出所有账单", "write mid/billNo, or the order id; rows lists them all"},

	"batchcomplete.decide.as":            {"--as 须是 completed、declined 或 pending", "--as must be completed, declined or pending"},
	"batchcomplete.decide.reason":        {"裁定必须说明理由(--reason)", "a decision needs its reason (--reason)"},
	"batchcomplete.decide.state":         {"账单 %s 的状态是“%s”,不需要裁定", "bill %s is %s: there is nothing to decide"},
	"batchcomplete.decide.state.hint":    {"只有“结果未知”和“待人工处理”的行可以裁定;用 show %s 查看", "only unknown and held rows can be decided; look at it with show %s"},
	"batchcomplete.decide.paid":          {"网关账上已有账单 %s 的这笔完成,不能裁定为未完成", "the gateway's books show this completion of bill %s: it cannot be decided as not done"},
	"batchcomplete.decide.open":          {"网关说账单 %s 的这笔完成还没有结束,不能裁定为未完成;过后再用 resolve 查询", "the gateway says that this completion of bill %s is still open: it cannot be decided as not done; use resolve later"},
	"batchcomplete.decide.early":         {"账单 %s 的最后一次发送还不到一个结算窗口,请求可能仍在处理", "the last send of bill %s is less than a settle window ago: the request may still be under way"},
	"batchcomplete.decide.evidence.hint": {"用 show %s 查看依据", "look at the evidence with show %s"},
	"batchcomplete.decide.done":          {"账单 %s 已裁定为“%s”,裁定人 %s", "bill %s is decided as %s, by %s"},

	"batchcomplete.format": {"没有 %q 这种输出格式:table、csv 或 json", "there is no output format %q: table, csv or json"},

	"batchcomplete.template.done":   {"已生成模板 %s", "wrote the template %s"},
	"batchcomplete.template.failed": {"生成模板 %s 失败:%v", "writing the template %s: %v"},

	"batchcomplete.sandbox.start.hint": {"模拟网关没有启动;检查地址是否被占用、目录是否可写", "the sandbox did not start; is the address free, and the folder writable?"},
	"batchcomplete.sandbox.faults":     {"没有 %q 这种故障设置", "there is no fault setting %q"},
	"batchcomplete.sandbox.ready":      {"# 模拟网关在 %s,按 Ctrl-C 结束。在另一个终端中:", "# the sandbox is at %s; Ctrl-C ends it. In another terminal:"},

	"batchcomplete.results.sheet":        {"结果", "results"},
	"batchcomplete.results.state":        {"状态", "state"},
	"batchcomplete.results.code":         {"错误代码", "error code"},
	"batchcomplete.results.message":      {"错误说明", "reason"},
	"batchcomplete.results.advice":       {"建议", "what to do"},
	"batchcomplete.results.settleDate":   {"结算日期", "settle date"},
	"batchcomplete.results.completed":    {"完成金额(元)", "completed (yuan)"},
	"batchcomplete.results.paid":         {"实付", "buyer paid"},
	"batchcomplete.results.discount":     {"优惠", "discount"},
	"batchcomplete.results.paySeqId":     {"交易参考号", "reference no."},
	"batchcomplete.results.target":       {"平台单号", "platform order no."},
	"batchcomplete.results.orderId":      {"完成订单号", "completion order id"},
	"batchcomplete.results.attempts":     {"发送次数", "sends"},
	"batchcomplete.results.updatedAt":    {"更新时间", "updated at"},
	"batchcomplete.checkpoint.open":      {"生产检查点 %s 所在的目录不安全:%v", "the production checkpoint %s is not in a private folder: %v"},
	"batchcomplete.checkpoint.open.hint": {"放到只有本人可写的目录(chmod go-w),用 --db 指出", "put it in a folder where only you can write (chmod go-w), and name it with --db"},
	"batchcomplete.out.foreign":          {"--out 的 %s 已经存在,不是本程序写的结果文件,不会覆盖它", "--out: %s is there already and is not a results file of this program; it is not overwritten"},
	"batchcomplete.out.foreign.hint":     {"换一个名字,或先把那个文件移走", "give another name, or move that file away first"},
	"batchcomplete.results.failed":       {"写结果文件 %s 失败:%v", "writing the results %s: %v"},
	"batchcomplete.results.changed":      {"%s 在读取之后被改动或移走,没有写它的结果文件", "%s was changed or moved after it was read; its results were not written"},
	"batchcomplete.results.handed":       {"%s 的结果文件已经改好交回,不再改写;最新的结果在交回的那一份旁边", "the results of %s were handed in again, and are not written over; the latest are beside those"},
	"batchcomplete.results.hint":         {"各行数据安全;用 rows --format csv 可以导出", "the rows are safe; rows --format csv exports them"},

	"batchcomplete.show.bill":      {"账单 %s(%s),商户 %s,终端 %s", "bill %s (%s), mid %s, tid %s"},
	"batchcomplete.show.asks":      {"要完成 ¥%s,授权码 %s;来自批次 %s 第 %d 行", "asks for ¥%s, authorisation %s; from batch %s, line %d"},
	"batchcomplete.show.order":     {"完成订单号 %s(第 %d 代)", "order id %s (generation %d)"},
	"batchcomplete.show.event":     {"  %s  %s", "  %s  %s"},
	"batchcomplete.show.nothing":   {"  还没有发送过", "  nothing has been sent yet"},
	"batchcomplete.show.sent":      {"以订单号 %s 发送", "sent under order id %s"},
	"batchcomplete.show.answered":  {"网关答复:%s → %s", "the gateway answered: %s → %s"},
	"batchcomplete.show.asked":     {"查询得到:%s → %s", "asked, and was told: %s → %s"},
	"batchcomplete.show.rescued":   {"上一次运行中断时正在发送,是否执行不明 → 结果未知", "a run ended while it was being sent; whether it was executed is not known → unknown"},
	"batchcomplete.show.suspected": {"检查点可能忘记了以前的发送(恢复过备份或曾丢失),发送前先查询 → 结果未知", "the checkpoint may have forgotten a send (a backup was restored, or it was lost); the gateway is asked first → unknown"},
	"batchcomplete.show.dated":     {"查询得到结算日期 %s", "asked, and was told the settle date: %s"},
	"batchcomplete.show.decided":   {"%s 裁定为“%s”,理由:%s", "%s decided it as %s, because: %s"},
	"batchcomplete.show.retried":   {"%s 要求再次发送,新的订单号 %s", "%s asked for another send, under the new order id %s"},
	"batchcomplete.show.now":       {"目前:%s", "now: %s"},
	"batchcomplete.show.paid":      {"  完成 ¥%s,实付 ¥%s,优惠 ¥%s,结算日期 %s,交易参考号 %s", "  completed ¥%s, buyer paid ¥%s, discount ¥%s, settle date %s, reference %s"},

	"batchcomplete.show.next.pending":   {"接下来:下次 run 会发送", "next: the next run sends it"},
	"batchcomplete.show.next.sending":   {"接下来:若没有运行在进行,下次 run 会先向网关查询", "next: if no run is under way, the next one asks the gateway first"},
	"batchcomplete.show.next.unknown":   {"接下来:不会再发送;下次 run 或 resolve 先查询,两次查无此单(都在结算窗口之后)才会以同一订单号重发", "next: it is not sent again; the next run or resolve asks first, and only two absences after the settle window let the same order id be sent again"},
	"batchcomplete.show.next.held":      {"接下来:答复互相矛盾,请与银联商务核对后用 decide 裁定", "next: the answers contradict each other; compare with UMS, then settle it with decide"},
	"batchcomplete.show.next.completed": {"接下来:无;已完成的账单不会再发送", "next: nothing; a completed bill is never sent again"},
	"batchcomplete.show.next.declined":  {"接下来:无;处理原因后可用 retry 以新的订单号再发送", "next: nothing; once the reason is dealt with, retry sends it under a new order id"},
	"batchcomplete.show.next.invalid":   {"接下来:在表格中改好后再次交来", "next: mend it in the spreadsheet and hand it in again"},
	"batchcomplete.show.next.duplicate": {"接下来:无;以原来那一行为准", "next: nothing; the original row has it"},
}
