using Keelson.Client.Https;
using Keelson.Client.Kubeconfigs;
using Keelson.Commands.ApiServer;
using Keelson.Flags;

namespace Keelson.Commands.Components;

/// <summary>How a component reaches the API server.</summary>
internal sealed class ClientFlags(FlagSection flags, double qps, int burst)
{
    public Flag<string> Kubeconfig { get; } = flags.Text("kubeconfig", "",
        "The kubeconfig with the API server's address and this component's identity.");

    public Flag<string> Master { get; } = flags.Text("master", "",
        "The API server's address, in place of the one in the kubeconfig.");

    public Flag<double> Qps { get; } = flags.Of("kube-api-qps", FlagForms.Fraction, qps,
        "Requests a second to the API server, in the long run.");

    public Flag<int> Burst { get; } = flags.Number("kube-api-burst", burst, "Requests that may go at once.");

    public Flag<string> ContentType { get; } = flags.Text("kube-api-content-type", "application/vnd.kubernetes.protobuf",
        "Accepted; protobuf is spoken for all kinds that have it.");

    /// <summary>The kubeconfig of the flag, or of a configuration file.</summary>
    /// <exception cref="FlagException">There is none, or it can't be used.</exception>
    public Kubeconfig Read(string fromFile = "")
    {
        string path = Kubeconfig.Value.Length > 0 ? Kubeconfig.Value : fromFile;
        if (path.Length == 0)
        {
            return InCluster() ?? throw new FlagException("--kubeconfig: a kubeconfig is required");
        }

        try
        {
            Kubeconfig read = KubeconfigReader.ReadFile(path);
            (KubeconfigContext context, KubeconfigCluster cluster, KubeconfigUser user) = read.Select();
            return Master.Value.Length == 0
                ? read
                : Client.Kubeconfigs.Kubeconfig.Of(
                    context.Cluster, cluster with { Server = Master.Value }, "user", user);
        }
        catch (KubeconfigException exception)
        {
            throw new FlagException($"--kubeconfig: {exception.Message}", exception);
        }
    }

    /// <summary>What a pod is given to reach its cluster; null outside of one.</summary>
    private Kubeconfig? InCluster()
    {
        const string directory = "/var/run/secrets/kubernetes.io/serviceaccount/";
        string? host = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST");
        string? port = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists(directory + "token"))
        {
            return null;
        }

        string name = host.Contains(':') ? $"[{host}]" : host;
        return Client.Kubeconfigs.Kubeconfig.Of(
            "in-cluster",
            new()
            {
                Server = Master.Value.Length > 0 ? Master.Value : $"https://{name}:{port}",
                CertificateAuthorityPem = File.ReadAllText(directory + "ca.crt"),
            },
            "in-cluster",
            new() { TokenFile = directory + "token" });
    }

    /// <summary>How clients behave.</summary>
    public HttpsClientConfig ToConfig(string program, ServerProcess process) => new()
    {
        Program = program,
        Qps = Qps.Value,
        Burst = Burst.Value,
        Clock = process.Clock,
    };
}
