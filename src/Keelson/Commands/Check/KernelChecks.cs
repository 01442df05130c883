using System.Globalization;

namespace Keelson.Commands.Check;

/// <summary>What the kernel has and allows.</summary>
internal static class KernelChecks
{
    private static readonly Version Oldest = new(4, 19);

    /// <summary>The rights that running containers takes, by their bit in a capability set.</summary>
    private static readonly (string Name, int Bit)[] Capabilities =
        [("CAP_NET_ADMIN", 12), ("CAP_SYS_ADMIN", 21), ("CAP_SYS_RESOURCE", 24)];

    private static readonly (string Module, string For)[] Modules =
    [
        ("overlay", "the layers of images"),
        ("br_netfilter", "policies between pods of a node"),
        ("nf_tables", "services and policies"),
        ("nf_conntrack", "services"),
        ("vxlan", "the pod network between nodes"),
    ];

    private static readonly string[] Controllers = ["cpu", "cpuset", "memory", "pids"];

    public static IEnumerable<MachineFinding> Run(MachineFiles files) =>
    [
        Rights(files),
        Version(files),
        .. Modules.Select(one => Module(files, one.Module, one.For)),
        Cgroups(files),
        Forwarding(files),
        Swap(files),
        Time(files),
        .. Limits(files),
    ];

    private static MachineFinding Rights(MachineFiles files)
    {
        string line = files.Read("/proc/self/status").Split('\n')
            .FirstOrDefault(one => one.StartsWith("CapEff:", StringComparison.Ordinal)) ?? "CapEff: 0";
        _ = ulong.TryParse(
            line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong effective);
        List<string> missing =
            [.. Capabilities.Where(one => (effective & (1UL << one.Bit)) == 0).Select(one => one.Name)];
        return MachineFinding.Of(
            "rights",
            missing.Count == 0,
            missing.Count == 0 ? "all that containers need" : "without " + string.Join(", ", missing),
            Verdict.Fail,
            "run it as root with these capabilities, or start with: keelson up --simulated-nodes 3");
    }

    private static MachineFinding Version(MachineFiles files)
    {
        string release = files.Read("/proc/sys/kernel/osrelease");
        string number = string.Join('.', release.Split('-', '+')[0].Split('.').Take(2));
        bool isKnown = System.Version.TryParse(number, out Version? version);
        return MachineFinding.Of(
            "kernel", isKnown && version >= Oldest, release, Verdict.Fail, $"install a kernel of {Oldest} or newer");
    }

    private static MachineFinding Module(MachineFiles files, string name, string what)
    {
        string release = files.Read("/proc/sys/kernel/osrelease");
        if (files.Exists("/sys/module/" + name) || files.Read("/proc/filesystems").Contains("\t" + name)
            || (name == "br_netfilter" && files.Exists("/proc/sys/net/bridge"))
            || (name == "nf_conntrack" && files.Exists("/proc/sys/net/netfilter/nf_conntrack_max")))
        {
            return new("module " + name, Verdict.Ok, "there");
        }

        bool canLoad = files.Read($"/lib/modules/{release}/modules.builtin").Contains($"/{name}.ko")
            || files.Read($"/lib/modules/{release}/modules.dep").Contains($"/{name}.ko");
        return MachineFinding.Of(
            "module " + name, canLoad, canLoad ? "is loaded when needed" : $"not found; it is for {what}", Verdict.Warn,
            $"modprobe {name}");
    }

    private static MachineFinding Cgroups(MachineFiles files)
    {
        bool isUnified = files.Exists("/sys/fs/cgroup/cgroup.controllers");
        IEnumerable<string> there = isUnified
            ? files.Read("/sys/fs/cgroup/cgroup.controllers").Split(' ')
            : files.Read("/proc/cgroups").Split('\n').Select(line => line.Split('\t'))
                .Where(line => line is [_, _, _, "1", ..]).Select(line => line[0]);
        List<string> missing = [.. Controllers.Except(there)];
        string version = isUnified ? "v2" : "v1";
        return MachineFinding.Of(
            "cgroups", missing.Count == 0,
            missing.Count == 0 ? version : $"{version}, without {string.Join(", ", missing)}", Verdict.Fail,
            "enable the controllers, e.g. with cgroup_enable=memory on the kernel's command line");
    }

    private static MachineFinding Forwarding(MachineFiles files)
    {
        bool isOn = files.Read("/proc/sys/net/ipv4/ip_forward") == "1";
        return MachineFinding.Of(
            "forwarding", isOn, isOn ? "on" : "off", Verdict.Warn, "sysctl -w net.ipv4.ip_forward=1");
    }

    private static MachineFinding Swap(MachineFiles files)
    {
        int areas = Math.Max(0, files.Read("/proc/swaps").Split('\n').Length - 1);
        return MachineFinding.Of(
            "swap", areas == 0, areas == 0 ? "off" : $"{areas} in use", Verdict.Warn,
            "swapoff -a, as limits of memory do not hold with swap");
    }

    private static MachineFinding Time(MachineFiles files)
    {
        string[] signs = ["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/ntpd.pid"];
        string? found = signs.FirstOrDefault(files.Exists);
        return MachineFinding.Of(
            "time", found is not null, found is null ? "nothing keeps the clock" : "kept", Verdict.Warn,
            "apt-get install systemd-timesyncd, as certificates and leases need a right clock");
    }

    private static IEnumerable<MachineFinding> Limits(MachineFiles files)
    {
        string open = files.Read("/proc/self/limits").Split('\n')
            .FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) ?? "";
        string hard = open.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(4) ?? "0";
        yield return AtLeast("open files", hard, 65_536, "ulimit -n 1048576");
        yield return Sysctl(files, "fs.inotify.max_user_instances", 512);
        yield return Sysctl(files, "fs.inotify.max_user_watches", 65_536);
        yield return Sysctl(files, "kernel.pid_max", 32_768);
    }

    private static MachineFinding Sysctl(MachineFiles files, string name, long least) =>
        AtLeast(name, files.Read("/proc/sys/" + name.Replace('.', '/')), least, $"sysctl -w {name}={least}");

    private static MachineFinding AtLeast(string name, string value, long least, string fix)
    {
        bool isEnough = value == "unlimited"
            || (long.TryParse(value, CultureInfo.InvariantCulture, out long number) && number >= least);
        string found = value.Length > 0 ? value : "unknown";
        return MachineFinding.Of(name, isEnough, isEnough ? found : $"{found}, below {least}", Verdict.Warn, fix);
    }
}
