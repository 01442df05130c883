using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record EphemeralContainer
{
    /// <summary>Validates the pod's ephemeral containers.</summary>
    internal static void ValidateAll(PodScope scope, FieldPath path)
    {
        PodSpec spec = scope.Spec;
        if (spec.EphemeralContainers.Count == 0)
        {
            return;
        }

        HashSet<string> others =
        [
            .. spec.Containers.Select(one => one.Name), .. spec.InitContainers.Select(one => one.Name),
        ];
        HashSet<string> names = [.. others];
        for (int i = 0; i < spec.EphemeralContainers.Count; i++)
        {
            EphemeralContainer container = spec.EphemeralContainers[i];
            FieldPath at = path.Index(i);
            container.EphemeralContainerCommon.ToContainer().ValidateCommon(scope, at);
            container.EphemeralContainerCommon.ToContainer().ValidateInPod(at, scope.Errors);
            if (!names.Add(container.EphemeralContainerCommon.Name))
            {
                scope.Errors.Duplicate(at.Child("name"), container.EphemeralContainerCommon.Name);
            }

            if (container.TargetContainerName.Length > 0 && !others.Contains(container.TargetContainerName))
            {
                scope.Errors.NotFound(at.Child("targetContainerName"), container.TargetContainerName);
            }

            container.EphemeralContainerCommon.ForbidServices(at, scope.Errors);
        }
    }
}

public sealed partial record EphemeralContainerCommon
{
    private const string NotForEphemeral = "cannot be set for an Ephemeral Container";

    /// <summary>Ephemeral containers serve nobody, so whatever a service needs is forbidden.</summary>
    internal void ForbidServices(FieldPath path, FieldErrors errors)
    {
        Forbid("ports", Ports.Count > 0);
        Forbid("resources", Resources != new ResourceRequirements());
        Forbid("resizePolicy", ResizePolicy.Count > 0);
        Forbid("restartPolicy", RestartPolicy is not null);
        Forbid("restartPolicyRules", RestartPolicyRules.Count > 0);
        Forbid("livenessProbe", LivenessProbe is not null);
        Forbid("readinessProbe", ReadinessProbe is not null);
        Forbid("startupProbe", StartupProbe is not null);
        Forbid("lifecycle", Lifecycle is not null);
        for (int i = 0; i < VolumeMounts.Count; i++)
        {
            ForbidIn("volumeMounts", "subPath", i, VolumeMounts[i].SubPath.Length > 0);
            ForbidIn("volumeMounts", "subPathExpr", i, VolumeMounts[i].SubPathExpr.Length > 0);
        }

        void Forbid(string field, bool isSet)
        {
            if (isSet)
            {
                errors.Forbidden(path.Child(field), NotForEphemeral);
            }
        }

        void ForbidIn(string list, string field, int index, bool isSet)
        {
            if (isSet)
            {
                errors.Forbidden(path.Child(list).Index(index).Child(field), NotForEphemeral);
            }
        }
    }
}
