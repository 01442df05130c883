using System.Net;
using System.Net.Sockets;
using Keelson.Cluster;
using Keelson.Machine;

namespace Keelson.Commands.Up;

/// <summary>What can be said to be in the way of a cluster before anything of it is started.</summary>
internal static class StartChecks
{
    /// <summary>Null, or what is in the way and the way out.</summary>
    public static string? Problem(UpOptions options) =>
        RunState.Read(options.DataDirectory) is { } running
            ? $"the cluster of {options.DataDirectory} runs already (process {running.Process}) at {running.Url}; "
                + "stop it with keelson stop, or start another one with --data-dir"
            : Directory(options.DataDirectory) ?? Ports(options).Select(one => Port(one, options)).FirstOrDefault(
                static problem => problem is not null);

    private static string? Directory(string path)
    {
        if (File.Exists(path))
        {
            return $"--data-dir {path} is a file; name a directory";
        }

        string step = "made";
        try
        {
            System.IO.Directory.CreateDirectory(path);
            step = "written to";
            string probe = Path.Combine(path, $".probe-{Environment.ProcessId}");
            using FileStream file = new(probe, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
            });
            file.Write(new byte[Environment.SystemPageSize]);
            file.Flush(flushToDisk: true);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"--data-dir {path} can't be {step}: {exception.Message}";
        }
    }

    private static IEnumerable<NeededPort> Ports(UpOptions options)
    {
        yield return new(new(options.BindAddress, options.SecurePort), "the API server", "secure-port");
        if (options.Node is not { } node)
        {
            yield break;
        }

        IPEndPoint dns = new(node.Addresses[0], node.DnsPort);
        yield return new(new(IPAddress.Any, node.KubeletPort), "the kubelet", "kubelet-port");
        yield return new(dns, "DNS", "dns-port");
        yield return new(dns, "DNS", "dns-port") { Protocol = ProtocolType.Udp };
        yield return new(new(IPAddress.Any, node.IngressHttpPort), "ingresses", "ingress-http-port");
        yield return new(new(IPAddress.Any, node.IngressHttpsPort), "ingresses with TLS", "ingress-https-port");
        yield return new(
            new(IPAddress.Any, node.ProxyHealthPort ?? 0), "the service proxy's health page", "proxy-health-port");
    }

    private static string? Port(NeededPort needed, UpOptions options)
    {
        if (PortHolder.Refusal(needed.Endpoint, needed.Protocol) is not { } refusal)
        {
            return null;
        }

        PortHolder? holder = PortHolder.Find(needed.Endpoint.Port, needed.Protocol);
        if (holder is not null && IsOwn(holder, options.Node))
        {
            return null;
        }

        return refusal switch
        {
            SocketError.AddressAlreadyInUse =>
                $"{needed.Endpoint} ({needed.For}) is in use by {holder?.ToString() ?? "another process"}; end that, "
                + $"or choose another port with --{needed.Flag}",
            SocketError.AccessDenied =>
                $"{needed.Endpoint} ({needed.For}) is only for root; start it with sudo, or choose a port above 1023 "
                + $"with --{needed.Flag}",
            SocketError.AddressNotAvailable =>
                $"{needed.Endpoint.Address} ({needed.For}) is no address of this machine; choose one with "
                + (needed.Flag == "secure-port" ? "--bind-address" : "--node-ip"),
            _ => $"{needed.Endpoint} ({needed.For}) can't be had: {refusal}",
        };
    }

    /// <summary>Whether it was left by a node of this directory that was killed; the next node ends it.</summary>
    private static bool IsOwn(PortHolder holder, LocalNodeConfig? node) =>
        node is not null && holder.Program == "haproxy"
        && holder.Arguments.Any(one => one.StartsWith(node.Directory + "/", StringComparison.Ordinal));

    private sealed record NeededPort(IPEndPoint Endpoint, string For, string Flag)
    {
        public ProtocolType Protocol { get; init; } = ProtocolType.Tcp;
    }
}
