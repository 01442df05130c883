using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Container
{
    private const int RestartRulesMax = 20;
    private const int ExitCodesMax = 255;

    /// <summary>Validates the pod's containers.</summary>
    internal static void ValidateContainers(PodScope scope, FieldPath path)
    {
        PodSpec spec = scope.Spec;
        if (spec.Containers.Count == 0)
        {
            scope.Errors.Required(path, "");
            return;
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<string> hostPorts = new(StringComparer.Ordinal);
        for (int i = 0; i < spec.Containers.Count; i++)
        {
            Container container = spec.Containers[i];
            FieldPath at = path.Index(i);
            container.ValidateCommon(scope, at);
            if (!names.Add(container.Name))
            {
                scope.Errors.Duplicate(at.Child("name"), container.Name);
            }

            container.ValidateHooks(scope, at);
            container.ValidateRestartPolicy(at, scope.Errors);
        }

        for (int i = 0; i < spec.Containers.Count; i++)
        {
            spec.Containers[i].ValidateHostPorts(hostPorts, path.Index(i).Child("ports"), scope.Errors);
        }
    }

    /// <summary>Validates the pod's init containers and sidecars.</summary>
    internal static void ValidateInitContainers(PodScope scope, FieldPath path)
    {
        PodSpec spec = scope.Spec;
        if (spec.InitContainers.Count == 0)
        {
            return;
        }

        HashSet<string> names = [.. spec.Containers.Select(one => one.Name)];
        for (int i = 0; i < spec.InitContainers.Count; i++)
        {
            Container container = spec.InitContainers[i];
            FieldPath at = path.Index(i);
            container.ValidateCommon(scope, at);
            container.ValidateRestartPolicy(at, scope.Errors);
            if (names.Contains(container.Name))
            {
                scope.Errors.Duplicate(at.Child("name"), container.Name);
            }
            else if (container.Name.Length > 0)
            {
                names.Add(container.Name);
            }

            // Init containers run one by one, so each is checked against itself alone; upstream counts it as the first.
            container.ValidateHostPorts([], path.Index(0).Child("ports"), scope.Errors);
            if (PodResources.IsSidecar(container))
            {
                container.ValidateHooks(scope, at);
            }
            else
            {
                container.ForbidHooks(at, scope.Errors);
                container.ForbidRestartOnResize(at.Child("resizePolicy"), scope);
            }
        }
    }

    /// <summary>An init container that runs once cannot be started again when it is resized.</summary>
    private void ForbidRestartOnResize(FieldPath path, PodScope scope)
    {
        for (int i = 0; i < ResizePolicy.Count && !scope.Options.AllowRestartOnResizeOfInitContainers; i++)
        {
            if (ResizePolicy[i].RestartPolicy == ResourceResizeRestartPolicy.RestartContainer)
            {
                scope.Errors.Invalid(
                    path.Index(i).Child("restartPolicy"),
                    ResizePolicy[i].RestartPolicy,
                    "must not be set to 'RestartContainer' for non-sidecar initContainers");
            }
        }
    }

    /// <summary>What holds for every kind of container.</summary>
    internal void ValidateCommon(PodScope scope, FieldPath path)
    {
        FieldErrors errors = scope.Errors;
        if (Name.Length == 0)
        {
            errors.Required(path.Child("name"), "");
        }
        else
        {
            errors.Label(path.Child("name"), Name);
        }

        errors.RequireText(path, "image", Image);
        FieldPath policy = path.Child("terminationMessagePolicy");
        if (TerminationMessagePolicy.Length == 0)
        {
            errors.Required(policy, "");
        }
        else
        {
            errors.OneOf(
                policy, TerminationMessagePolicy, V1.TerminationMessagePolicy.File,
                V1.TerminationMessagePolicy.FallbackToLogsOnError);
        }

        ContainerPort.ValidateAll(Ports, path.Child("ports"), errors);
        EnvVar.ValidateAll(Env, path.Child("env"), errors);
        EnvFromSource.ValidateAll(EnvFrom, path.Child("envFrom"), errors);
        if (VolumeMounts.Count + VolumeDevices.Count > 0)
        {
            VolumeMount.ValidateAll(this, scope, path.Child("volumeMounts"));
            VolumeDevice.ValidateAll(this, scope, path.Child("volumeDevices"));
        }

        ValidatePullPolicy(ImagePullPolicy, path.Child("imagePullPolicy"), errors);
        ResourceRules.ValidateContainerRequirements(Resources, path.Child("resources"), scope);
        ContainerResizePolicy.ValidateAll(ResizePolicy, scope.Spec.RestartPolicy, path.Child("resizePolicy"), errors);
        SecurityContext?.Validate(scope.UsesHostUsers, path.Child("securityContext"), errors);
    }

    /// <summary>What holds in pods but, for compatibility, not in templates.</summary>
    internal void ValidateInPod(FieldPath path, FieldErrors errors)
    {
        if (Image.Length > 0 && (char.IsWhiteSpace(Image[0]) || char.IsWhiteSpace(Image[^1])))
        {
            errors.Invalid(path.Child("image"), Image, "must not have leading or trailing whitespace");
        }
    }

    internal static void ValidatePullPolicy(string policy, FieldPath path, FieldErrors errors)
    {
        if (policy.Length == 0)
        {
            errors.Required(path, "");
        }
        else
        {
            errors.OneOf(path, policy, PullPolicy.Always, PullPolicy.IfNotPresent, PullPolicy.Never);
        }
    }

    private void ValidateHooks(PodScope scope, FieldPath path)
    {
        long? gracePeriod = scope.Spec.TerminationGracePeriodSeconds;
        Lifecycle?.Validate(gracePeriod, path.Child("lifecycle"), scope.Errors);
        LivenessProbe?.ValidateOfOneSuccess(gracePeriod, path.Child("livenessProbe"), scope.Errors);
        ReadinessProbe?.ValidateOfReadiness(gracePeriod, path.Child("readinessProbe"), scope.Errors);
        StartupProbe?.ValidateOfOneSuccess(gracePeriod, path.Child("startupProbe"), scope.Errors);
    }

    private void ForbidHooks(FieldPath path, FieldErrors errors)
    {
        const string Text = "may not be set for init containers without restartPolicy=Always";
        Forbid("lifecycle", Lifecycle);
        Forbid("livenessProbe", LivenessProbe);
        Forbid("readinessProbe", ReadinessProbe);
        Forbid("startupProbe", StartupProbe);

        void Forbid(string field, object? value)
        {
            if (value is not null)
            {
                errors.Forbidden(path.Child(field), Text);
            }
        }
    }

    private void ValidateRestartPolicy(FieldPath path, FieldErrors errors)
    {
        if (RestartPolicy is null && RestartPolicyRules.Count > 0)
        {
            errors.Required(path.Child("restartPolicy"), "must specify restartPolicy when restart rules are used");
        }

        errors.OneOf(
            path.Child("restartPolicy"),
            RestartPolicy,
            ContainerRestartPolicy.Always,
            ContainerRestartPolicy.Never,
            ContainerRestartPolicy.OnFailure);
        if (RestartPolicyRules.Count > RestartRulesMax)
        {
            errors.TooMany(path.Child("restartPolicyRules"), RestartPolicyRules.Count, RestartRulesMax);
        }

        for (int i = 0; i < RestartPolicyRules.Count; i++)
        {
            ValidateRestartRule(RestartPolicyRules[i], path.Child("restartPolicyRules").Index(i), errors);
        }
    }

    private static void ValidateRestartRule(ContainerRestartRule rule, FieldPath path, FieldErrors errors)
    {
        errors.OneOf(
            path.Child("action"), rule.Action, ContainerRestartRuleAction.Restart,
            ContainerRestartRuleAction.RestartAllContainers);
        if (rule.ExitCodes is not { } codes)
        {
            errors.Required(path.Child("exitCodes"), "must be specified");
            return;
        }

        errors.OneOf(
            path.Child("exitCodes").Child("operator"),
            codes.Operator,
            ContainerRestartRuleOnExitCodesOperator.In,
            ContainerRestartRuleOnExitCodesOperator.NotIn);
        if (codes.Values.Count > ExitCodesMax)
        {
            errors.TooMany(path.Child("exitCodes").Child("values"), codes.Values.Count, ExitCodesMax);
        }
    }

    private void ValidateHostPorts(HashSet<string> used, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < Ports.Count; i++)
        {
            ContainerPort port = Ports[i];
            if (port.HostPort != 0 && !used.Add($"{port.Protocol}/{port.HostIP}/{port.HostPort}"))
            {
                errors.Duplicate(path.Index(i).Child("hostPort"), $"{port.Protocol}/{port.HostIP}/{port.HostPort}");
            }
        }
    }
}

public sealed partial record ContainerPort
{
    internal static void ValidateAll(ApiList<ContainerPort> ports, FieldPath path, FieldErrors errors)
    {
        HashSet<string>? names = null;
        for (int i = 0; i < ports.Count; i++)
        {
            ContainerPort port = ports[i];
            FieldPath at = path.Index(i);
            if (port.Name.Length > 0)
            {
                int before = errors.Count;
                errors.InvalidEach(at.Child("name"), port.Name, ContentRules.PortName(port.Name));
                if (errors.Count == before && !(names ??= new(StringComparer.Ordinal)).Add(port.Name))
                {
                    errors.Duplicate(at.Child("name"), port.Name);
                }
            }

            port.ValidateNumbers(at, errors);
        }
    }

    private void ValidateNumbers(FieldPath path, FieldErrors errors)
    {
        if (ContainerPortValue == 0)
        {
            errors.Required(path.Child("containerPort"), "");
        }
        else
        {
            errors.InvalidEach(
                path.Child("containerPort"), ContainerPortValue, ContentRules.PortNumber(ContainerPortValue));
        }

        if (HostPort != 0)
        {
            errors.InvalidEach(path.Child("hostPort"), HostPort, ContentRules.PortNumber(HostPort));
        }

        if (Protocol.Length == 0)
        {
            errors.Required(path.Child("protocol"), "");
        }
        else
        {
            errors.OneOf(path.Child("protocol"), Protocol, V1.Protocol.SCTP, V1.Protocol.TCP, V1.Protocol.UDP);
        }
    }
}

public sealed partial record ContainerResizePolicy
{
    internal static void ValidateAll(
        ApiList<ContainerResizePolicy> policies, string podRestartPolicy, FieldPath path, FieldErrors errors)
    {
        HashSet<string>? seen = null;
        for (int i = 0; i < policies.Count; i++)
        {
            ContainerResizePolicy one = policies[i];
            if (!(seen ??= new(StringComparer.Ordinal)).Add(one.ResourceName))
            {
                errors.Duplicate(path.Index(i), one.ResourceName);
            }

            ValidateChoice(one.ResourceName, [V1.ResourceName.Cpu, V1.ResourceName.Memory], path, errors);
            ValidateChoice(
                one.RestartPolicy,
                [ResourceResizeRestartPolicy.NotRequired, ResourceResizeRestartPolicy.RestartContainer], path, errors);
            if (podRestartPolicy == V1.RestartPolicy.Never
                && one.RestartPolicy != ResourceResizeRestartPolicy.NotRequired)
            {
                errors.Invalid(path, one.RestartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
            }
        }
    }

    private static void ValidateChoice(string value, ReadOnlySpan<string> supported, FieldPath path, FieldErrors errors)
    {
        if (value.Length == 0)
        {
            errors.Required(path, "");
        }
        else
        {
            errors.OneOf(path, value, supported);
        }
    }
}
