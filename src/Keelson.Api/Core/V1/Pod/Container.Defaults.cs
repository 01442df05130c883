using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Container
{
    private const string DefaultTerminationMessagePath = "/dev/termination-log";

    /// <summary>The defaults of every container.</summary>
    internal static Container SetDefaults(Container container) => container with
    {
        ImagePullPolicy = container.ImagePullPolicy.Length > 0
            ? container.ImagePullPolicy
            : ImageReference.DefaultPullPolicy(container.Image),
        TerminationMessagePath = PodSpec.OrDefault(container.TerminationMessagePath, DefaultTerminationMessagePath),
        TerminationMessagePolicy = PodSpec.OrDefault(
            container.TerminationMessagePolicy, V1.TerminationMessagePolicy.File),
        Ports = container.Ports.Map(DefaultPort),
        Env = container.Env.Map(DefaultVariable),
        Resources = ResourceRules.SetDefaults(container.Resources),
        LivenessProbe = container.LivenessProbe is null ? null : DefaultProbe(container.LivenessProbe),
        ReadinessProbe = container.ReadinessProbe is null ? null : DefaultProbe(container.ReadinessProbe),
        StartupProbe = container.StartupProbe is null ? null : DefaultProbe(container.StartupProbe),
        Lifecycle = container.Lifecycle is null ? null : DefaultLifecycle(container.Lifecycle),
    };

    private static ContainerPort DefaultPort(ContainerPort port) =>
        port.Protocol.Length > 0 ? port : port with { Protocol = V1.Protocol.TCP };

    private static EnvVar DefaultVariable(EnvVar variable)
    {
        if (variable.ValueFrom is not { } source)
        {
            return variable;
        }

        EnvVarSource filled = source with
        {
            FieldRef = source.FieldRef is null ? null : ObjectFieldSelector.SetDefaults(source.FieldRef),
            FileKeyRef = source.FileKeyRef is { Optional: null } file
                ? file with { Optional = false }
                : source.FileKeyRef,
        };
        return filled == source ? variable : variable with { ValueFrom = filled };
    }

    private static Probe DefaultProbe(Probe probe) => probe with
    {
        TimeoutSeconds = probe.TimeoutSeconds == 0 ? 1 : probe.TimeoutSeconds,
        PeriodSeconds = probe.PeriodSeconds == 0 ? 10 : probe.PeriodSeconds,
        SuccessThreshold = probe.SuccessThreshold == 0 ? 1 : probe.SuccessThreshold,
        FailureThreshold = probe.FailureThreshold == 0 ? 3 : probe.FailureThreshold,
        ProbeHandler = probe.ProbeHandler with
        {
            HttpGet = DefaultHttpGet(probe.ProbeHandler.HttpGet),
            Grpc = probe.ProbeHandler.Grpc is { Service: null } grpc
                ? grpc with { Service = "" }
                : probe.ProbeHandler.Grpc,
        },
    };

    private static Lifecycle DefaultLifecycle(Lifecycle lifecycle) => lifecycle with
    {
        StopSignal = null,
        PostStart = lifecycle.PostStart is { } start ? start with { HttpGet = DefaultHttpGet(start.HttpGet) } : null,
        PreStop = lifecycle.PreStop is { } stop ? stop with { HttpGet = DefaultHttpGet(stop.HttpGet) } : null,
    };

    private static HTTPGetAction? DefaultHttpGet(HTTPGetAction? http) => http is null
        ? null
        : http with
        {
            Path = PodSpec.OrDefault(http.Path, "/"),
            Scheme = PodSpec.OrDefault(http.Scheme, URIScheme.HTTP),
        };
}

public sealed partial record ObjectFieldSelector
{
    /// <summary>The version of the API whose fields are meant.</summary>
    internal static ObjectFieldSelector SetDefaults(ObjectFieldSelector selector) =>
        selector.ApiVersion.Length > 0 ? selector : selector with { ApiVersion = "v1" };
}
