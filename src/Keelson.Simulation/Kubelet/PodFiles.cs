using System.Collections.Concurrent;
using System.Formats.Tar;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Simulation.Kubelet;

/// <summary>
/// The files of a simulated pod: a few that every container has, and what was written there, up to a limit. All
/// containers of a pod share them.
/// </summary>
internal sealed class PodFiles(Pod pod)
{
    private const int BytesMax = 4 * 1024 * 1024;
    private static readonly string[] Roots = ["/", "/tmp", "/etc", "/root", "/var", "/var/log", "/usr", "/home"];

    /// <summary>The files that the node makes for every container.</summary>
    private static readonly string[] Given = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"];

    private readonly ConcurrentDictionary<string, byte[]> _written = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _directories =
        new(Roots.Select(static one => new KeyValuePair<string, bool>(one, true)), StringComparer.Ordinal);

    /// <summary>The pod's host name.</summary>
    public string HostName => HostNameOf(pod);

    /// <summary>The host name that a pod has.</summary>
    public static string HostNameOf(Pod pod) =>
        pod.Spec.HostNetwork ? pod.Spec.NodeName : pod.Spec.Hostname.Length > 0 ? pod.Spec.Hostname : pod.Metadata.Name;

    /// <summary>A file's content; null for none.</summary>
    public byte[]? Read(string path) => _written.TryGetValue(Full(path), out byte[]? content)
        ? content
        : Full(path) switch
        {
            "/etc/hostname" => Encoding.UTF8.GetBytes(HostName + "\n"),
            "/etc/hosts" => Encoding.UTF8.GetBytes(
                "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n" + $"{pod.Status.PodIP}\t{HostName}\n"),
            "/etc/resolv.conf" => Encoding.UTF8.GetBytes(
                $"search {pod.Metadata.Namespace}.svc.cluster.local svc.cluster.local cluster.local\n"
                + "nameserver 10.96.0.10\noptions ndots:5\n"),
            "/var/run/secrets/kubernetes.io/serviceaccount/namespace" => Encoding.UTF8.GetBytes(pod.Metadata.Namespace),
            _ => null,
        };

    /// <summary>Writes a file; what is over the limit is not kept.</summary>
    public void Write(string path, byte[] content)
    {
        if (_written.Values.Sum(static one => (long)one.Length) + content.Length <= BytesMax)
        {
            _written[Full(path)] = content;
        }
    }

    /// <summary>Makes a directory.</summary>
    public void MakeDirectory(string path) => _directories[Full(path)] = true;

    /// <summary>Removes a file, or a directory with what is in it.</summary>
    public void Remove(string path)
    {
        string full = Full(path);
        foreach (string one in _written.Keys.Where(
            one => one == full || one.StartsWith(full + "/", StringComparison.Ordinal)))
        {
            _written.TryRemove(one, out _);
        }

        _directories.TryRemove(full, out _);
    }

    /// <summary>Whether a path is a directory.</summary>
    public bool IsDirectory(string path)
    {
        string full = Full(path);
        return _directories.ContainsKey(full)
            || _written.Keys.Any(one => one.StartsWith(full + "/", StringComparison.Ordinal));
    }

    /// <summary>The names in a directory, a line each; or the file's own.</summary>
    public string List(string path)
    {
        string full = Full(path);
        if (Read(full) is not null)
        {
            return path + "\n";
        }

        string prefix = full == "/" ? "/" : full + "/";
        IEnumerable<string> names = _written.Keys.Concat(_directories.Keys).Concat(Given)
            .Where(one => one.Length > prefix.Length && one.StartsWith(prefix, StringComparison.Ordinal))
            .Select(one => one[prefix.Length..].Split('/')[0]).Distinct().Order(StringComparer.Ordinal);
        return string.Concat(names.Select(static one => one + "\n"));
    }

    /// <summary><c>test -d</c>, <c>-f</c>, <c>-e</c>.</summary>
    public int Test(string[] words) => words switch
    {
        ["-d", var path] => IsDirectory(path) ? 0 : 1,
        ["-f", var path] => Read(path) is not null ? 0 : 1,
        ["-e", var path] => Read(path) is not null || IsDirectory(path) ? 0 : 1,
        _ => 2,
    };

    /// <summary><c>tar cf - PATH</c> and <c>tar xmf - -C DIRECTORY</c>, by which kubectl copies files.</summary>
    public async Task<int> TarAsync(string[] words, CommandStreams streams, CancellationToken cancellation)
    {
        string mode = words.Length > 0 ? words[0].TrimStart('-') : "";
        int at = Array.IndexOf(words, "-C");
        string directory = at >= 0 && at + 1 < words.Length ? words[at + 1] : "/";
        if (mode.Contains('x') && streams.Stdin is not null)
        {
            await ExtractAsync(streams.Stdin, directory, cancellation);
            return 0;
        }

        string path = words[^1];
        string[] found =
        [
            .. _written.Keys.Concat(Given).Distinct()
                .Where(one => one == Full(path) || one.StartsWith(Full(path) + "/", StringComparison.Ordinal)),
        ];
        if (!mode.Contains('c') || found.Length == 0)
        {
            byte[] text = Encoding.UTF8.GetBytes($"tar: {path}: Cannot stat: No such file or directory\n");
            await (streams.Stderr?.WriteAsync(text, cancellation) ?? default);
            return 2;
        }

        using MemoryStream archive = new();
        await using (TarWriter writer = new(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (string one in found)
            {
                UstarTarEntry entry = new(TarEntryType.RegularFile, one.TrimStart('/'))
                {
                    DataStream = new MemoryStream(Read(one) ?? []),
                };
                await writer.WriteEntryAsync(entry, cancellation);
            }
        }

        await (streams.Stdout?.WriteAsync(archive.ToArray(), cancellation) ?? default);
        return 0;
    }

    private async Task ExtractAsync(Stream input, string directory, CancellationToken cancellation)
    {
        // The archive is read to its end first: the reader would block on the padding behind the last file.
        using MemoryStream archive = new();
        await input.CopyToAsync(archive, cancellation);
        archive.Position = 0;
        await using TarReader reader = new(archive);
        while (await reader.GetNextEntryAsync(copyData: true, cancellation) is { } entry)
        {
            string path = directory.TrimEnd('/') + "/" + entry.Name;
            if (entry.EntryType == TarEntryType.Directory)
            {
                MakeDirectory(path.TrimEnd('/'));
            }
            else if (entry.DataStream is { } data)
            {
                using MemoryStream content = new();
                await data.CopyToAsync(content, cancellation);
                Write(path, content.ToArray());
            }
        }
    }

    private static string Full(string path)
    {
        string full = Path.GetFullPath("/" + path.TrimStart('/')).TrimEnd('/');
        return full.Length > 0 ? full : "/";
    }
}
