using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record PodSpec
{
    private const int HostnameOverrideMaxLength = 64;

    /// <summary>
    /// Validates the spec of a pod or a template. <paramref name="podMeta"/> is null for templates, whose pods have no
    /// names yet.
    /// </summary>
    internal void Validate(ObjectMeta? podMeta, FieldPath path, PodValidationOptions options, FieldErrors errors)
    {
        PodScope scope = new(this, options, errors);
        if (TerminationGracePeriodSeconds is null)
        {
            errors.Required(path.Child("terminationGracePeriodSeconds"), "");
        }

        Volume.ValidateAll(scope, podMeta?.Name ?? "", path.Child("volumes"));
        PodResourceClaim.ValidateAll(ResourceClaims, podMeta, path.Child("resourceClaims"), errors);
        Container.ValidateContainers(scope, path.Child("containers"));
        Container.ValidateInitContainers(scope, path.Child("initContainers"));
        EphemeralContainer.ValidateAll(scope, path.Child("ephemeralContainers"));
        if (Resources is not null)
        {
            PodResourceRules.Validate(scope, path.Child("resources"));
        }

        ValidateHostPorts(path.Child("containers"), options, errors);
        ValidatePolicies(path, errors);
        ObjectMetaRules.ValidateLabels(NodeSelector, path.Child("nodeSelector"), errors);
        SecurityContext?.Validate(path.Child("securityContext"), scope);
        Affinity?.Validate(options, path.Child("affinity"), errors);
        PodDNSConfig.Validate(DnsConfig, DnsPolicy, path.Child("dnsConfig"), errors);
        ValidateGates(path, errors);
        TopologySpreadConstraint.ValidateAll(
            TopologySpreadConstraints, options, path.Child("topologySpreadConstraints"), errors);
        ValidateHostProcess(path, errors);
        ValidateHostUsers(path, options, errors);
        ValidateHostnameOverride(path, errors);
        ValidateNames(path, errors);
        TolerationRules.Validate(Tolerations, path.Child("tolerations"), errors);
        ValidateHostAliases(path.Child("hostAliases"), errors);
        ValidateClasses(path, scope);
        ValidateOs(path, errors);
        ValidateFileKeyVolumes(path, errors);
    }

    /// <summary>Calls <paramref name="visit"/> for every container with its path, in upstream's order.</summary>
    internal void VisitContainers(FieldPath path, Action<Container, FieldPath> visit)
    {
        for (int i = 0; i < InitContainers.Count; i++)
        {
            visit(InitContainers[i], path.Child("initContainers").Index(i));
        }

        for (int i = 0; i < Containers.Count; i++)
        {
            visit(Containers[i], path.Child("containers").Index(i));
        }

        for (int i = 0; i < EphemeralContainers.Count; i++)
        {
            visit(
                EphemeralContainers[i].EphemeralContainerCommon.ToContainer(),
                path.Child("ephemeralContainers").Index(i));
        }
    }

    /// <summary>On the host's network a container's port is the host's port. Templates may leave the host's port open.</summary>
    private void ValidateHostPorts(FieldPath path, PodValidationOptions options, FieldErrors errors)
    {
        for (int i = 0; HostNetwork && i < Containers.Count; i++)
        {
            ApiList<ContainerPort> ports = Containers[i].Ports;
            for (int j = 0; j < ports.Count; j++)
            {
                if ((options.IsPod || ports[j].HostPort != 0) && ports[j].HostPort != ports[j].ContainerPortValue)
                {
                    errors.Invalid(
                        path.Index(i).Child("ports").Index(j).Child("hostPort"),
                        ports[j].HostPort,
                        "must match `containerPort` when `hostNetwork` is true");
                }
            }
        }
    }

    private void ValidatePolicies(FieldPath path, FieldErrors errors)
    {
        if (RestartPolicy.Length == 0)
        {
            errors.Required(path.Child("restartPolicy"), "");
        }
        else
        {
            errors.OneOf(
                path.Child("restartPolicy"), RestartPolicy, V1.RestartPolicy.Always, V1.RestartPolicy.OnFailure,
                V1.RestartPolicy.Never);
        }

        if (DnsPolicy.Length == 0)
        {
            errors.Required(path.Child("dnsPolicy"), "");
        }
        else
        {
            errors.OneOf(
                path.Child("dnsPolicy"),
                DnsPolicy,
                DNSPolicy.ClusterFirstWithHostNet,
                DNSPolicy.ClusterFirst,
                DNSPolicy.Default,
                DNSPolicy.None);
        }
    }

    private void ValidateGates(FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < ReadinessGates.Count; i++)
        {
            string type = ReadinessGates[i].ConditionType;
            errors.InvalidEach(
                path.Child("readinessGates").Index(i).Child("conditionType"), type, ContentRules.QualifiedName(type));
        }

        HashSet<string> gates = new(StringComparer.Ordinal);
        for (int i = 0; i < SchedulingGates.Count; i++)
        {
            FieldPath at = path.Child("schedulingGates").Index(i);
            errors.InvalidEach(at, SchedulingGates[i].Name, ContentRules.QualifiedName(SchedulingGates[i].Name));
            if (!gates.Add(SchedulingGates[i].Name))
            {
                errors.Duplicate(at, SchedulingGates[i].Name);
            }
        }
    }

    private void ValidateHostUsers(FieldPath path, PodValidationOptions options, FieldErrors errors)
    {
        const string Text = "when `hostUsers` is false";
        if (HostUsers != false)
        {
            return;
        }

        if (HostNetwork)
        {
            errors.Forbidden(path.Child("hostNetwork"), Text);
        }

        if (HostPID)
        {
            errors.Forbidden(path.Child("HostPID"), Text);
        }

        if (HostIPC)
        {
            errors.Forbidden(path.Child("HostIPC"), Text);
        }

        if (!options.AllowVolumeDevicesWithUserNamespaces)
        {
            VisitContainers(path, (container, at) =>
            {
                if (container.VolumeDevices.Count > 0)
                {
                    errors.Forbidden(at.Child("volumeDevices"), Text);
                }
            });
        }
    }

    private void ValidateHostnameOverride(FieldPath path, FieldErrors errors)
    {
        if (HostnameOverride is null)
        {
            return;
        }

        FieldPath at = path.Child("hostnameOverride");
        if (SetHostnameAsFQDN == true)
        {
            errors.Forbidden(at, "may not be specified when setHostnameAsFQDN is true");
        }

        if (HostNetwork)
        {
            errors.Forbidden(at, "may not be specified when hostNetwork is true");
        }

        if (HostnameOverride.Length > HostnameOverrideMaxLength)
        {
            errors.TooLong(at, HostnameOverrideMaxLength);
        }

        errors.Subdomain(at, HostnameOverride);
    }

    private void ValidateNames(FieldPath path, FieldErrors errors)
    {
        if (ServiceAccountName.Length > 0)
        {
            errors.Subdomain(path.Child("serviceAccountName"), ServiceAccountName);
        }

        if (NodeName.Length > 0)
        {
            errors.Subdomain(path.Child("nodeName"), NodeName);
        }

        if (ActiveDeadlineSeconds is { } deadline)
        {
            errors.InvalidEach(
                path.Child("activeDeadlineSeconds"), deadline, ContentRules.InRange(deadline, 1, int.MaxValue));
        }

        if (Hostname.Length > 0)
        {
            errors.Label(path.Child("hostname"), Hostname);
        }

        if (Subdomain.Length > 0)
        {
            errors.Label(path.Child("subdomain"), Subdomain);
        }
    }

    private void ValidateHostAliases(FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < HostAliases.Count; i++)
        {
            errors.InvalidEach(path.Index(i).Child("ip"), HostAliases[i].Ip, ContentRules.IpAddress(HostAliases[i].Ip));
            for (int j = 0; j < HostAliases[i].Hostnames.Count; j++)
            {
                errors.Subdomain(path.Index(i).Child("hostnames").Index(j), HostAliases[i].Hostnames[j]);
            }
        }
    }

    private void ValidateClasses(FieldPath path, PodScope scope)
    {
        FieldErrors errors = scope.Errors;
        if (PriorityClassName.Length > 0)
        {
            errors.Subdomain(path.Child("priorityClassName"), PriorityClassName);
        }

        if (RuntimeClassName is not null)
        {
            errors.InvalidEach(
                path.Child("runtimeClassName"), RuntimeClassName, NameRules.DnsSubdomain(RuntimeClassName, false));
        }

        if (PreemptionPolicy is "")
        {
            errors.Required(path.Child("preemptionPolicy"), "");
        }
        else
        {
            errors.OneOf(
                path.Child("preemptionPolicy"), PreemptionPolicy, V1.PreemptionPolicy.PreemptLowerPriority,
                V1.PreemptionPolicy.Never);
        }

        if (Overhead.Count > 0)
        {
            ResourceRules.ValidateContainerRequirements(new() { Limits = Overhead }, path.Child("overhead"), scope);
        }
    }

    /// <summary>A variable can be read only from a file that an init container left in an empty directory.</summary>
    private void ValidateFileKeyVolumes(FieldPath path, FieldErrors errors) => VisitContainers(path, (container, at) =>
    {
        for (int i = 0; i < container.Env.Count; i++)
        {
            if (container.Env[i].ValueFrom?.FileKeyRef is not { } file)
            {
                continue;
            }

            FieldPath name = at.Child("env").Index(i).Child("valueFrom").Child("fileKeyRef").Child("volumeName");
            Volume? volume = Volumes.LastOrDefault(one => one.Name == file.VolumeName);
            if (volume is null)
            {
                errors.NotFound(name, file.VolumeName);
            }
            else if (volume.VolumeSource.EmptyDir is null)
            {
                errors.Invalid(name, file.VolumeName, "referenced volume must be of type emptyDir");
            }
        }
    });
}

public sealed partial record PodResourceClaim
{
    internal static void ValidateAll(
        ApiList<PodResourceClaim> claims, ObjectMeta? podMeta, FieldPath path, FieldErrors errors)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < claims.Count; i++)
        {
            if (podMeta?.Annotations.ContainsKey(PodAnnotations.Mirror) == true)
            {
                errors.ForbiddenNowhere("static pods do not support resource claims");
                continue;
            }

            claims[i].Validate(names, path.Index(i), errors);
        }
    }

    private void Validate(HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        if (Name.Length == 0)
        {
            errors.Required(path.Child("name"), "");
        }
        else if (names.Contains(Name))
        {
            errors.Duplicate(path.Child("name"), Name);
        }
        else
        {
            errors.Label(path.Child("name"), Name);
            names.Add(Name);
        }

        if (ResourceClaimName is not null && ResourceClaimTemplateName is not null)
        {
            errors.InvalidRaw(
                path,
                UnversionedText.Of(this, WireSchema),
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
        }

        if (ResourceClaimName is null && ResourceClaimTemplateName is null)
        {
            errors.InvalidRaw(
                path,
                UnversionedText.Of(this, WireSchema),
                "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
        }

        if (ResourceClaimName is not null)
        {
            errors.Subdomain(path.Child("resourceClaimName"), ResourceClaimName);
        }

        if (ResourceClaimTemplateName is not null)
        {
            errors.Subdomain(path.Child("resourceClaimTemplateName"), ResourceClaimTemplateName);
        }
    }
}
