namespace Keelson.Api.Core.V1;

public sealed partial record EphemeralContainer
{
    /// <summary>The defaults are those of every other container.</summary>
    internal static EphemeralContainer SetDefaults(EphemeralContainer container)
    {
        Container plain = container.EphemeralContainerCommon.ToContainer();
        Container filled = Container.SetDefaults(plain);
        return filled == plain
            ? container
            : container with { EphemeralContainerCommon = EphemeralContainerCommon.From(filled) };
    }
}

public sealed partial record EphemeralContainerCommon
{
    /// <summary>The same fields as those of an ordinary container.</summary>
    internal Container ToContainer() => new()
    {
        Name = Name,
        Image = Image,
        Command = Command,
        Args = Args,
        WorkingDir = WorkingDir,
        Ports = Ports,
        EnvFrom = EnvFrom,
        Env = Env,
        Resources = Resources,
        ResizePolicy = ResizePolicy,
        RestartPolicy = RestartPolicy,
        RestartPolicyRules = RestartPolicyRules,
        VolumeMounts = VolumeMounts,
        VolumeDevices = VolumeDevices,
        LivenessProbe = LivenessProbe,
        ReadinessProbe = ReadinessProbe,
        StartupProbe = StartupProbe,
        Lifecycle = Lifecycle,
        TerminationMessagePath = TerminationMessagePath,
        TerminationMessagePolicy = TerminationMessagePolicy,
        ImagePullPolicy = ImagePullPolicy,
        SecurityContext = SecurityContext,
        Stdin = Stdin,
        StdinOnce = StdinOnce,
        Tty = Tty,
    };

    /// <summary>The fields of an ordinary container.</summary>
    internal static EphemeralContainerCommon From(Container container) => new()
    {
        Name = container.Name,
        Image = container.Image,
        Command = container.Command,
        Args = container.Args,
        WorkingDir = container.WorkingDir,
        Ports = container.Ports,
        EnvFrom = container.EnvFrom,
        Env = container.Env,
        Resources = container.Resources,
        ResizePolicy = container.ResizePolicy,
        RestartPolicy = container.RestartPolicy,
        RestartPolicyRules = container.RestartPolicyRules,
        VolumeMounts = container.VolumeMounts,
        VolumeDevices = container.VolumeDevices,
        LivenessProbe = container.LivenessProbe,
        ReadinessProbe = container.ReadinessProbe,
        StartupProbe = container.StartupProbe,
        Lifecycle = container.Lifecycle,
        TerminationMessagePath = container.TerminationMessagePath,
        TerminationMessagePolicy = container.TerminationMessagePolicy,
        ImagePullPolicy = container.ImagePullPolicy,
        SecurityContext = container.SecurityContext,
        Stdin = container.Stdin,
        StdinOnce = container.StdinOnce,
        Tty = container.Tty,
    };
}
