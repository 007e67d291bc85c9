package batchcomplete

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// deployed gives the text of a file in samples/deploy.
func deployed(t *testing.T, name string) string {
	t.Helper()
	return readText(t, filepath.Join("samples", "deploy", name))
}

// unit reads a systemd unit: the values of each directive, by "Section.Directive".
func unit(t *testing.T, name string) map[string][]string {
	t.Helper()
	directives := map[string][]string{}
	section := ""
	for line := range strings.Lines(deployed(t, name)) {
		line = strings.TrimSpace(line)
		switch key, value, isDirective := strings.Cut(line, "="); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		case isDirective:
			directives[section+"."+key] = append(directives[section+"."+key], value)
		default:
			t.Errorf("%s: what is %q?", name, line)
		}
	}
	return directives
}

func TestTheServiceIsHardenedAndTakesItsKeyAsACredential(t *testing.T) {
	has := unit(t, "batchcomplete.service")
	for directive, want := range map[string]string{
		"Type": "oneshot", "User": "batchcomplete", "UMask": "0077",
		"StateDirectory": "batchcomplete", "StateDirectoryMode": "0700", "WorkingDirectory": "%S/batchcomplete",
		"LoadCredential":  "ums_app_key:/etc/batchcomplete/ums_app_key",
		"NoNewPrivileges": "yes", "ProtectSystem": "strict", "PrivateTmp": "yes", "ProtectHome": "yes",
		"MemoryDenyWriteExecute": "yes", "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
		"SystemCallFilter": "@system-service", "CapabilityBoundingSet": "", "LimitCORE": "0",
		// Doubt, time up, a refused file and an interruption are failures that somebody must see.
		"SuccessExitStatus": "3",
	} {
		if got := has["Service."+directive]; len(got) != 1 || got[0] != want {
			t.Errorf("%s=%q, want %q", directive, got, want)
		}
	}
	words := strings.Fields(has["Service.ExecStart"][0])
	accepts(t, "batchcomplete.service", words)
	for _, word := range []string{"--yes", "prod", "json"} {
		if !slices.Contains(words, word) {
			t.Errorf("ExecStart lacks %s", word)
		}
	}
	if stop, err := strconv.Atoi(has["Service.TimeoutStopSec"][0]); err != nil || stop <= 60 {
		t.Error("a request takes up to 60 s to be finished; systemd would kill it before that")
	}
}

func TestTheTimerMakesUpForAMissedNight(t *testing.T) {
	has := unit(t, "batchcomplete.timer")
	if got := has["Timer.Persistent"]; !slices.Equal(got, []string{"true"}) {
		t.Errorf("Persistent=%q", got)
	}
	if len(has["Timer.OnCalendar"]) == 0 || len(has["Install.WantedBy"]) == 0 {
		t.Error("the timer starts nothing")
	}
	for _, when := range has["Timer.OnCalendar"] {
		if !strings.HasSuffix(when, " Asia/Shanghai") {
			t.Errorf("OnCalendar=%s is not Beijing time", when)
		}
	}
}

// TestSystemdAcceptsTheUnits asks systemd itself, with the programs where the unit expects them.
func TestSystemdAcceptsTheUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	dir := t.TempDir()
	for _, name := range []string{"batchcomplete.service", "batchcomplete.timer"} {
		text := strings.ReplaceAll(deployed(t, name), "/usr/local/bin/batchcomplete", program(t, "batchcomplete"))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("systemd-analyze", "verify", "--man=no", filepath.Join(dir, name)).CombinedOutput()
		if err != nil || len(bytes.TrimSpace(out)) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

var cronField = regexp.MustCompile(`^(\*|\d+(-\d+)?(,\d+(-\d+)?)*)(/\d+)?$`)

func TestTheCrontabsLineIsOne(t *testing.T) {
	jobs := 0
	for line := range strings.Lines(deployed(t, "crontab")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || regexp.MustCompile(`^[A-Z_]+=`).MatchString(line) {
			continue
		}
		jobs++
		fields := strings.SplitN(line, " ", 6)
		for _, field := range fields[:5] {
			if !cronField.MatchString(field) {
				t.Errorf("%q is no field of a crontab", field)
			}
		}
		if strings.Contains(fields[5], "%") {
			t.Error("cron ends a command at %")
		}
		if out, err := exec.Command("sh", "-n", "-c", fields[5]).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		_, command, _ := strings.Cut(fields[5], "/usr/local/bin/")
		command, _, _ = strings.Cut(command, " >>")
		accepts(t, "crontab", strings.Fields(command))
	}
	if jobs != 1 {
		t.Errorf("%d jobs", jobs)
	}
}

func TestTheLogIsRotatedForTheSameUser(t *testing.T) {
	text := deployed(t, "logrotate")
	_, log, _ := strings.Cut(deployed(t, "crontab"), ">>")
	if path := strings.Fields(log)[0]; !strings.Contains(text, "\n"+path+" {\n") {
		t.Errorf("the crontab logs to %s, which is not rotated", path)
	}
	for _, directive := range []string{"su batchcomplete batchcomplete", "rotate 104", "weekly", "missingok", "compress", "create 0600 batchcomplete batchcomplete"} {
		if !strings.Contains(text, "\t"+directive+"\n") {
			t.Errorf("it lacks %q", directive)
		}
	}
	if strings.Count(text, "{") != 1 || !strings.HasSuffix(text, "}\n") {
		t.Error("its braces do not match")
	}
	if path, err := exec.LookPath("logrotate"); err == nil {
		out, err := exec.Command(path, "--debug", "samples/deploy/logrotate").CombinedOutput()
		if err != nil && !bytes.Contains(out, []byte("unknown user")) {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// The part of Kubernetes' objects that the sample uses: a key that is not here, or at another place, is refused.
type (
	kubeMeta   struct{ Name string }
	kubeVolume struct {
		Name                  string
		PersistentVolumeClaim struct {
			ClaimName string `yaml:"claimName"`
		} `yaml:"persistentVolumeClaim"`
		ConfigMap kubeMeta `yaml:"configMap"`
		Secret    struct {
			SecretName  string `yaml:"secretName"`
			DefaultMode int    `yaml:"defaultMode"`
		}
		EmptyDir struct {
			SizeLimit string `yaml:"sizeLimit"`
		} `yaml:"emptyDir"`
	}
	kubeMount struct {
		Name      string
		MountPath string `yaml:"mountPath"`
		SubPath   string `yaml:"subPath"`
		ReadOnly  bool   `yaml:"readOnly"`
	}
	kubeContainer struct {
		Name, Image     string
		WorkingDir      string `yaml:"workingDir"`
		Command, Args   []string
		Env             []struct{ Name, Value string }
		SecurityContext struct {
			RunAsNonRoot             *bool `yaml:"runAsNonRoot"`
			RunAsUser                int   `yaml:"runAsUser"`
			AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
			ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
			Capabilities             struct{ Drop, Add []string }
		} `yaml:"securityContext"`
		Resources    struct{ Requests, Limits map[string]string }
		VolumeMounts []kubeMount `yaml:"volumeMounts"`
	}
	kubePod struct {
		RestartPolicy                 string `yaml:"restartPolicy"`
		AutomountServiceAccountToken  *bool  `yaml:"automountServiceAccountToken"`
		EnableServiceLinks            *bool  `yaml:"enableServiceLinks"`
		TerminationGracePeriodSeconds int    `yaml:"terminationGracePeriodSeconds"`
		SecurityContext               struct {
			RunAsNonRoot        bool                  `yaml:"runAsNonRoot"`
			RunAsUser           int                   `yaml:"runAsUser"`
			RunAsGroup          int                   `yaml:"runAsGroup"`
			FSGroup             int                   `yaml:"fsGroup"`
			FSGroupChangePolicy string                `yaml:"fsGroupChangePolicy"`
			SeccompProfile      struct{ Type string } `yaml:"seccompProfile"`
		} `yaml:"securityContext"`
		InitContainers []kubeContainer `yaml:"initContainers"`
		Containers     []kubeContainer
		Volumes        []kubeVolume
	}
	kubeJob struct {
		BackoffLimit     *int `yaml:"backoffLimit"`
		PodFailurePolicy struct {
			Rules []struct {
				Action      string
				OnExitCodes struct {
					ContainerName string `yaml:"containerName"`
					Operator      string
					Values        []int
				} `yaml:"onExitCodes"`
			}
		} `yaml:"podFailurePolicy"`
		ActiveDeadlineSeconds int `yaml:"activeDeadlineSeconds"`
		Template              struct{ Spec kubePod }
	}
	kubeObject struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   kubeMeta
		Data       map[string]string
		Spec       struct {
			AccessModes                []string `yaml:"accessModes"`
			Resources                  struct{ Requests map[string]string }
			Schedule                   string
			TimeZone                   string                 `yaml:"timeZone"`
			ConcurrencyPolicy          string                 `yaml:"concurrencyPolicy"`
			StartingDeadlineSeconds    int                    `yaml:"startingDeadlineSeconds"`
			SuccessfulJobsHistoryLimit int                    `yaml:"successfulJobsHistoryLimit"`
			FailedJobsHistoryLimit     int                    `yaml:"failedJobsHistoryLimit"`
			JobTemplate                struct{ Spec kubeJob } `yaml:"jobTemplate"`
		}
	}
)

func kubeObjects(t *testing.T) map[string]kubeObject {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(deployed(t, "cronjob.yaml")))
	decoder.KnownFields(true)
	all := map[string]kubeObject{}
	for {
		var o kubeObject
		err := decoder.Decode(&o)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all[o.Kind+"/"+o.Metadata.Name] = o
	}
}

func TestTheCronJobRunsAloneWithoutRootAndKeepsItsCheckpoint(t *testing.T) {
	objects := kubeObjects(t)
	cron := objects["CronJob/batchcomplete"].Spec
	job := cron.JobTemplate.Spec
	pod := job.Template.Spec
	box := pod.Containers[0]
	for what, ok := range map[string]bool{
		"one at a time":           cron.ConcurrencyPolicy == "Forbid",
		"Beijing time":            cron.TimeZone == "Asia/Shanghai",
		"not root":                pod.SecurityContext.RunAsNonRoot && pod.SecurityContext.RunAsUser > 0,
		"seccomp":                 pod.SecurityContext.SeccompProfile.Type == "RuntimeDefault",
		"read-only root":          box.SecurityContext.ReadOnlyRootFilesystem,
		"no escalation":           box.SecurityContext.AllowPrivilegeEscalation != nil && !*box.SecurityContext.AllowPrivilegeEscalation,
		"no capabilities":         slices.Equal(box.SecurityContext.Capabilities.Drop, []string{"ALL"}),
		"no token of the cluster": pod.AutomountServiceAccountToken != nil && !*pod.AutomountServiceAccountToken,
		"time to finish":          pod.TerminationGracePeriodSeconds > 60,
		"no restart in place":     pod.RestartPolicy == "Never" && job.BackoffLimit != nil,
		"checkpoint on one node":  slices.Equal(objects["PersistentVolumeClaim/batchcomplete-checkpoint"].Spec.AccessModes, []string{"ReadWriteOncePod"}),
	} {
		if !ok {
			t.Errorf("it lacks: %s", what)
		}
	}
	for _, field := range strings.Fields(cron.Schedule) {
		if !cronField.MatchString(field) {
			t.Errorf("%q is no field of a schedule", field)
		}
	}
	for _, code := range job.PodFailurePolicy.Rules[0].OnExitCodes.Values {
		if slices.Contains([]int{0, 1, 11, 143}, code) {
			t.Errorf("%d is worth another try", code)
		}
	}
	accepts(t, "cronjob.yaml", append([]string{"batchcomplete"}, box.Args...))
	checkMounts(t, objects, pod, box)
	// The program refuses a production checkpoint in a folder in which the pod's group can write.
	if len(pod.InitContainers) != 1 || !strings.Contains(strings.Join(pod.InitContainers[0].Command, " "), "chmod 0700 "+pod.InitContainers[0].VolumeMounts[0].MountPath) ||
		pod.InitContainers[0].VolumeMounts[0].Name != "checkpoint" || box.SecurityContext.RunAsNonRoot != nil {
		t.Error("the program would refuse the checkpoint's folder")
	}
}

// checkMounts follows every mount to its volume, and the volume to the object that it names.
func checkMounts(t *testing.T, objects map[string]kubeObject, pod kubePod, box kubeContainer) {
	t.Helper()
	for _, m := range box.VolumeMounts {
		at := slices.IndexFunc(pod.Volumes, func(v kubeVolume) bool { return v.Name == m.Name })
		if at < 0 {
			t.Errorf("the mount %s has no volume", m.Name)
			continue
		}
		v := pod.Volumes[at]
		if claim := v.PersistentVolumeClaim.ClaimName; claim != "" && objects["PersistentVolumeClaim/"+claim].Kind == "" {
			t.Errorf("there is no claim %s", claim)
		}
		if v.ConfigMap.Name != "" && objects["ConfigMap/"+v.ConfigMap.Name].Kind == "" {
			t.Errorf("there is no ConfigMap %s", v.ConfigMap.Name)
		}
		// The program refuses a key that is a link, that others can read, or that stands where others can write.
		if v.Secret.SecretName != "" && (m.SubPath != "ums_app_key" || v.Secret.DefaultMode != 0o400 || pod.SecurityContext.FSGroup == 0 ||
			m.MountPath != box.Env[0].Value+"/ums_app_key" || box.Env[0].Name != "CREDENTIALS_DIRECTORY") {
			t.Errorf("the program would refuse the key: %+v", m)
		}
	}
}

// TestTheCronJobsConfigurationIsAccepted has the program check the ConfigMap's file, with a key as the pod sees it.
func TestTheCronJobsConfigurationIsAccepted(t *testing.T) {
	dir := t.TempDir()
	credentials := filepath.Join(dir, "credentials")
	config := filepath.Join(dir, "config.yaml")
	err := errors.Join(
		os.Chmod(dir, 0o755), // whatever the umask of whoever tests
		os.Mkdir(credentials, 0o755),
		os.WriteFile(filepath.Join(credentials, "ums_app_key"), []byte("67890123456789012345678901234567\n"), 0o440),
		os.WriteFile(config, []byte(kubeObjects(t)["ConfigMap/batchcomplete"].Data["config.yaml"]), 0o644),
	)
	if err != nil {
		t.Fatal(err)
	}
	check := exec.Command(program(t, "batchcomplete"), "config", "check", "--config", config, "--lang", "en")
	check.Env = append(os.Environ(), "CREDENTIALS_DIRECTORY="+credentials)
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTheWindowsTaskIsOne(t *testing.T) {
	var task struct {
		XMLName  xml.Name `xml:"http://schemas.microsoft.com/windows/2004/02/mit/task Task"`
		Version  string   `xml:"version,attr"`
		Triggers []struct {
			Start string `xml:"StartBoundary"`
			Days  int    `xml:"ScheduleByDay>DaysInterval"`
		} `xml:"Triggers>CalendarTrigger"`
		Principal struct {
			ID    string `xml:"id,attr"`
			Level string `xml:"RunLevel"`
		} `xml:"Principals>Principal"`
		Instances string `xml:"Settings>MultipleInstancesPolicy"`
		Available bool   `xml:"Settings>StartWhenAvailable"`
		Limit     string `xml:"Settings>ExecutionTimeLimit"`
		Actions   struct {
			Context string `xml:"Context,attr"`
			Exec    struct{ Command, Arguments, WorkingDirectory string }
		}
	}
	text := deployed(t, "windows-task.xml")
	if err := xml.Unmarshal([]byte(text), &task); err != nil {
		t.Fatal(err)
	}
	for what, ok := range map[string]bool{
		"every night":           len(task.Triggers) > 0 && task.Triggers[0].Days == 1 && task.Triggers[0].Start != "",
		"one at a time":         task.Instances == "IgnoreNew",
		"makes up for a night":  task.Available,
		"no administrator":      task.Principal.Level == "LeastPrivilege",
		"runs as its principal": task.Principal.ID == task.Actions.Context,
		"a folder of its own":   task.Actions.Exec.WorkingDirectory != "",
		"a bound":               task.Limit != "",
		// Register-ScheduledTask hands the text on as UTF-16; a declared encoding would contradict that.
		"no declared encoding": !strings.Contains(text, "encoding="),
	} {
		if !ok {
			t.Errorf("it lacks: %s", what)
		}
	}
	accepts(t, "windows-task.xml", append([]string{"batchcomplete"}, strings.Fields(task.Actions.Exec.Arguments)...))
}
