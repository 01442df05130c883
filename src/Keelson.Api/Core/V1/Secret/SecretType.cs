namespace Keelson.Api.Core.V1;

/// <summary>The values of SecretType.</summary>
public static class SecretType
{
    public const string Opaque = "Opaque";
    public const string BootstrapKubernetesIoToken = "bootstrap.kubernetes.io/token";
    public const string KubernetesIoBasicAuth = "kubernetes.io/basic-auth";
    public const string KubernetesIoDockercfg = "kubernetes.io/dockercfg";
    public const string KubernetesIoDockerconfigjson = "kubernetes.io/dockerconfigjson";
    public const string KubernetesIoServiceAccountToken = "kubernetes.io/service-account-token";
    public const string KubernetesIoSshAuth = "kubernetes.io/ssh-auth";
    public const string KubernetesIoTls = "kubernetes.io/tls";
}
