namespace Keelson.Api.Core.V1;

/// <summary>The values of ResourceName.</summary>
public static class ResourceName
{
    public const string Configmaps = "configmaps";
    public const string Cpu = "cpu";
    public const string EphemeralStorage = "ephemeral-storage";
    public const string LimitsCpu = "limits.cpu";
    public const string LimitsEphemeralStorage = "limits.ephemeral-storage";
    public const string LimitsMemory = "limits.memory";
    public const string Memory = "memory";
    public const string Persistentvolumeclaims = "persistentvolumeclaims";
    public const string Pods = "pods";
    public const string Replicationcontrollers = "replicationcontrollers";
    public const string RequestsCpu = "requests.cpu";
    public const string RequestsEphemeralStorage = "requests.ephemeral-storage";
    public const string RequestsMemory = "requests.memory";
    public const string RequestsStorage = "requests.storage";
    public const string Resourcequotas = "resourcequotas";
    public const string Secrets = "secrets";
    public const string Services = "services";
    public const string ServicesLoadbalancers = "services.loadbalancers";
    public const string ServicesNodeports = "services.nodeports";
    public const string Storage = "storage";
}
