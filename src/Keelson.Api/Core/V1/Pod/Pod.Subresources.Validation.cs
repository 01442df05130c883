using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Pod
{
    private const string OnlyComputeMutable = "only cpu and memory resources are mutable";

    private static void ValidateEphemeralContainersUpdate(Pod pod, Pod old, FieldErrors errors)
    {
        if (old.Metadata.Annotations.ContainsKey(PodAnnotations.Mirror))
        {
            errors.ForbiddenNowhere("static pods do not support ephemeral containers");
            return;
        }

        WithOptions(old, errors, (options, to) =>
        {
            ValidateContent(pod, options, to);
            PodAnnotations.ValidateUpdate(pod, old, AnnotationsPath, options, to);
            FieldPath path = SpecPath.Child("ephemeralContainers");
            foreach (EphemeralContainer before in old.Spec.EphemeralContainers)
            {
                string name = before.EphemeralContainerCommon.Name;
                EphemeralContainer? now = pod.Spec.EphemeralContainers.LastOrDefault(
                    one => one.EphemeralContainerCommon.Name == name);
                if (now is null)
                {
                    to.Forbidden(path, $"existing ephemeral containers {GoText.Quote(name)} may not be removed\n");
                }
                else if (now != before)
                {
                    string difference = ErrorValue.Difference(
                        UnversionedText.Of(before, EphemeralContainer.WireSchema),
                        UnversionedText.Of(now, EphemeralContainer.WireSchema));
                    to.Forbidden(
                        path, $"existing ephemeral containers {GoText.Quote(name)} may not be changed\n{difference}");
                }
            }
        });
    }

    private static void ValidateResize(Pod pod, Pod old, FieldErrors errors)
    {
        if (old.Metadata.Annotations.ContainsKey(PodAnnotations.Mirror))
        {
            errors.ForbiddenNowhere("static pods cannot be resized");
        }
        else if (old.Spec.Os?.Name == OSName.Windows)
        {
            errors.ForbiddenNowhere("windows pods cannot be resized");
        }
        else
        {
            WithOptions(old, errors, (options, to) => ValidateResize(pod, old, options, to));
        }
    }

    private static void ValidateResize(Pod pod, Pod old, PodValidationOptions options, FieldErrors errors)
    {
        int before = errors.Count;
        ValidateContent(pod, options, errors);
        string qosBefore = old.Status.QosClass.Length > 0
            ? old.Status.QosClass
            : PodResources.ComputeQosClass(old.Spec);
        if (qosBefore != PodResources.ComputeQosClass(pod.Spec))
        {
            errors.Invalid(SpecPath, pod.Status.QosClass, "Pod QOS Class may not change as a result of resizing");
        }

        if (old.Status.ContainerStatuses.FirstOrDefault(one => one.State.Running is not null) is { Resources: null })
        {
            errors.Forbidden(SpecPath, "Pod running on node without support for resize");
        }

        PodSpec masked =
            pod.Spec with { Resources = ValidatePodResize(pod.Spec.Resources, old.Spec.Resources, errors) };
        if (!ValidateOrder(pod.Spec.Containers, old.Spec.Containers, "containers", errors)
            | !ValidateOrder(pod.Spec.InitContainers, old.Spec.InitContainers, "initContainers", errors))
        {
            return;
        }

        ForbidRemovals(pod.Spec.InitContainers, old.Spec.InitContainers, "initContainers", errors);
        ForbidRemovals(pod.Spec.Containers, old.Spec.Containers, "containers", errors);
        ApiList<Container> containers = MaskContainers(pod.Spec.Containers, old.Spec.Containers, errors);
        masked = masked with
        {
            Containers = containers,
            InitContainers = MaskInitContainers(pod.Spec.InitContainers, old.Spec.InitContainers, errors),
        };
        if (errors.Count == before && masked != old.Spec)
        {
            errors.Forbidden(SpecPath, OnlyComputeMutable);
        }
    }

    private static bool ValidateOrder(
        ApiList<Container> containers, ApiList<Container> old, string field, FieldErrors errors)
    {
        int before = errors.Count;
        FieldPath path = SpecPath.Child(field);
        if (containers.Count != old.Count)
        {
            errors.Forbidden(path, $"{field} may not be added or removed on resize");
            return false;
        }

        for (int i = 0; i < old.Count; i++)
        {
            if (containers[i].Name != old[i].Name)
            {
                errors.Forbidden(path.Index(i).Child("name"), $"{field} may not be renamed or reordered on resize");
            }
        }

        return errors.Count == before;
    }

    /// <summary>What was asked for may change but not go. Init containers that run once can't be resized.</summary>
    private static void ForbidRemovals(
        ApiList<Container> containers, ApiList<Container> old, string field, FieldErrors errors)
    {
        for (int i = 0; i < old.Count; i++)
        {
            if (field == "containers" || PodResources.IsSidecar(old[i]))
            {
                FieldPath path = SpecPath.Child(field).Index(i).Child("resources");
                ForbidRemoval(containers[i].Resources, old[i].Resources, "resource", path, errors);
            }
        }
    }

    private static ApiList<Container> MaskContainers(
        ApiList<Container> containers, ApiList<Container> old, FieldErrors errors)
    {
        Container[] masked = new Container[old.Count];
        for (int i = 0; i < old.Count; i++)
        {
            masked[i] = MaskCompute(containers[i], old[i]);
            if (masked[i] != old[i])
            {
                errors.Forbidden(SpecPath, OnlyComputeMutable);
            }
        }

        return new(masked);
    }

    private static ApiList<Container> MaskInitContainers(
        ApiList<Container> containers, ApiList<Container> old, FieldErrors errors)
    {
        Container[] masked = new Container[old.Count];
        for (int i = 0; i < old.Count; i++)
        {
            bool isSidecar = PodResources.IsSidecar(containers[i]);
            masked[i] = isSidecar ? MaskCompute(containers[i], old[i]) : containers[i];
            if (masked[i] == old[i])
            {
                continue;
            }

            if (isSidecar)
            {
                errors.Forbidden(
                    SpecPath.Child("initContainers").Index(i),
                    "only cpu and memory resources for init or sidecar containers are mutable");
            }
            else
            {
                errors.Forbidden(SpecPath, "resources for non-sidecar init containers are immutable");
            }
        }

        return new(masked);
    }

    /// <summary>The container with CPU and memory as they were; its claims are lost, so those block a resize.</summary>
    private static Container MaskCompute(Container now, Container old) =>
        now with { Resources = WithoutCompute(now.Resources, old.Resources) with { Claims = default } };

    private static ResourceRequirements? ValidatePodResize(
        ResourceRequirements? now, ResourceRequirements? old, FieldErrors errors)
    {
        if (now is null or { Requests.Count: 0, Limits.Count: 0 }
            && old is null or { Requests.Count: 0, Limits.Count: 0 })
        {
            return now;
        }

        FieldPath path = SpecPath.Child("resources");
        if (now is null)
        {
            errors.Forbidden(path, "pod-level resources cannot be removed");
            return null;
        }

        if (old is not null)
        {
            ForbidRemoval(now, old, "pod-level resource", path, errors);
        }

        ResourceRequirements? masked = WithoutCompute(now, old ?? new());
        masked = old is null && masked == new ResourceRequirements() ? null : masked;
        if (masked != old)
        {
            errors.Forbidden(SpecPath, "only cpu and memory resources are mutable at pod-level");
        }

        return masked;
    }

    private static void ForbidRemoval(
        ResourceRequirements now, ResourceRequirements old, string name, FieldPath path, FieldErrors errors)
    {
        if (old.Requests.Keys.Any(one => !now.Requests.ContainsKey(one)))
        {
            errors.Forbidden(path.Child("requests"), $"{name} requests cannot be removed");
        }

        if (old.Limits.Keys.Any(one => !now.Limits.ContainsKey(one)))
        {
            errors.Forbidden(path.Child("limits"), $"{name} limits cannot be removed");
        }
    }

    /// <summary>The requirements with CPU and memory, which a resize may change, as they were.</summary>
    private static ResourceRequirements WithoutCompute(ResourceRequirements now, ResourceRequirements old) => now with
    {
        Limits = WithCompute(now.Limits, old.Limits),
        Requests = WithCompute(now.Requests, old.Requests),
    };

    private static ApiMap<Quantity> WithCompute(ApiMap<Quantity> now, ApiMap<Quantity> old)
    {
        foreach (string name in (ReadOnlySpan<string>)[ResourceName.Cpu, ResourceName.Memory])
        {
            now = old.TryGetValue(name, out Quantity amount) ? now.With(name, amount) : now.Without(name);
        }

        return now;
    }
}
