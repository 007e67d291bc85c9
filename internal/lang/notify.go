package lang

// notifyTexts: the digest that goes to a group chat.
var notifyTexts = Texts{
	"notify.head":    {"%s %s · %s · %s", "%s %s · %s · %s"},
	"notify.exit":    {"退出码 %d:%s", "exit %d: %s"},
	"notify.error":   {"错误:%s", "error: %s"},
	"notify.state":   {"%s %d 笔 ¥%s", "%s: %d rows ¥%s"},
	"notify.settle":  {"结算日期 %s:%d 笔 ¥%s", "settle date %s: %d rows ¥%s"},
	"notify.batches": {"批次:%s", "batches: %s"},
	"notify.foot":    {"用时 %v · %s · 运行 %s", "took %v · %s · run %s"},
}
