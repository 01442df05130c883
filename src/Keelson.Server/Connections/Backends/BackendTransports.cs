namespace Keelson.Server.Connections.Backends;

/// <summary>The transports of a server: to kubelets, to kubelets nobody vouches for, to pods.</summary>
internal sealed class BackendTransports
{
    public BackendTransports(ApiServerConfig config)
    {
        Kubelet = new BackendTransport(new BackendTls(config.KubeletClientCertificate, config.Kubelets.Authorities));
        UnverifiedKubelet = config.Kubelets.Authorities is null
            ? Kubelet
            : new BackendTransport(new BackendTls(config.KubeletClientCertificate, null));
        Pods = new BackendTransport(new BackendTls(null, null));
    }

    /// <summary>To kubelets, as the server itself.</summary>
    public BackendTransport Kubelet { get; }

    /// <summary>To kubelets whose certificate is not looked at (<c>insecureSkipTLSVerifyBackend</c>).</summary>
    public BackendTransport UnverifiedKubelet { get; }

    /// <summary>To pods and services: without a certificate, and taking theirs as it is.</summary>
    public BackendTransport Pods { get; }
}
