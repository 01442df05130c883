using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Keelson.Nodes.Linux;

/// <summary>The kernel's mounts.</summary>
internal sealed class LinuxMounts : IMounts
{
    private static readonly Dictionary<string, ulong> Flags = new(StringComparer.Ordinal)
    {
        ["ro"] = LinuxCalls.MountReadOnly,
        ["nosuid"] = LinuxCalls.MountNoSuid,
        ["nodev"] = LinuxCalls.MountNoDev,
        ["noexec"] = LinuxCalls.MountNoExec,
        ["bind"] = LinuxCalls.MountBind,
        ["rbind"] = LinuxCalls.MountBind | LinuxCalls.MountRecursive,
        ["remount"] = LinuxCalls.MountRemount,
        ["rw"] = 0,
        ["defaults"] = 0,
    };

    /// <inheritdoc/>
    public bool MayMount { get; } = LinuxCalls.EffectiveUser() == 0;

    /// <inheritdoc/>
    public IReadOnlyList<MountPoint> List() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <inheritdoc/>
    public void Mount(MountRequest request)
    {
        if (request.Type is not ("" or "tmpfs" or "hugetlbfs" or "cgroup"))
        {
            // What mounts network file systems and disks (mount.nfs and the like) knows more than the kernel does.
            MountWithProgram(request);
            return;
        }

        ulong flags = 0;
        List<string> data = [];
        foreach (string option in request.Options)
        {
            if (Flags.TryGetValue(option, out ulong flag))
            {
                flags |= flag;
            }
            else
            {
                data.Add(option);
            }
        }

        Call(request, flags, data.Count == 0 ? null : string.Join(',', data));
        const ulong ReadOnlyBind = LinuxCalls.MountBind | LinuxCalls.MountReadOnly;
        if ((flags & ReadOnlyBind) == ReadOnlyBind)
        {
            // The kernel takes a bind mount's own flags with a second call only.
            Call(request, flags | LinuxCalls.MountRemount, null);
        }
    }

    /// <inheritdoc/>
    public void Unmount(string target)
    {
        if (LinuxCalls.Unmount(target, LinuxCalls.UnmountNoFollow) != 0
            && Marshal.GetLastPInvokeError() is not (LinuxCalls.InvalidArgument or LinuxCalls.NoEntry))
        {
            throw LinuxError.Last("unmount", target);
        }
    }

    /// <summary>Reads lines of mountinfo.</summary>
    internal static List<MountPoint> Parse(IEnumerable<string> lines)
    {
        List<MountPoint> mounts = [];
        foreach (string line in lines)
        {
            // 36 35 98:0 /root /path rw,noatime shared:1 - ext3 /dev/root rw,errors=continue
            string[] words = line.Split(' ');
            int dash = Array.IndexOf(words, "-", 6);
            if (dash > 0 && dash + 2 < words.Length)
            {
                bool isShared = words.AsSpan(6, dash - 6).ToArray()
                    .Any(static one => one.StartsWith("shared:", StringComparison.Ordinal));
                mounts.Add(new(
                    Unescape(words[4]), Unescape(words[3]), words[dash + 1], Unescape(words[dash + 2]), isShared,
                    words[2]));
            }
        }

        return mounts;
    }

    private static void Call(MountRequest request, ulong flags, string? data)
    {
        string? type = request.Type.Length == 0 ? null : request.Type;
        if (LinuxCalls.Mount(request.Source, request.Target, type, flags, data) != 0)
        {
            throw LinuxError.Last("mount " + request.Source + " at", request.Target);
        }
    }

    private static void MountWithProgram(MountRequest request)
    {
        ProcessStartInfo start = new("mount") { RedirectStandardError = true, RedirectStandardOutput = true };
        List<string> arguments = ["-t", request.Type];
        if (request.Options.Count > 0)
        {
            arguments.AddRange(["-o", string.Join(',', request.Options)]);
        }

        arguments.AddRange([request.Source, request.Target]);
        arguments.ForEach(start.ArgumentList.Add);
        using Process process = Process.Start(start) ?? throw new IOException("mount did not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException(
                string.Create(CultureInfo.InvariantCulture, $"mount failed: exit status {process.ExitCode}\n")
                + $"Mounting command: mount\nMounting arguments: {string.Join(' ', arguments)}\n"
                + $"Output: {output.Result}{errors}");
        }
    }

    /// <summary>Blanks and the like stand there as octal numbers: <c>\040</c>.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        StringBuilder plain = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length)
            {
                plain.Append((char)Convert.ToInt32(text.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
