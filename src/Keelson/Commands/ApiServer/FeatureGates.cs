using Keelson.Flags;

namespace Keelson.Commands.ApiServer;

/// <summary>
/// The features that <c>--feature-gates</c> knows. What this server does is what upstream does by default, whatever is
/// said here; names are checked, so that a typing error is found as it is with upstream.
/// </summary>
internal static class FeatureGates
{
    /// <summary>Features that may be switched on and off.</summary>
    private static readonly HashSet<string> Open = Names("""
        AllAlpha AllBeta
        AggregatedDiscoveryRemoveBetaType AllowDNSOnlyNodeCSR AllowInsecureKubeletCertificateSigningRequests
        AllowOverwriteTerminationGracePeriodSeconds AllowParsingUserUIDFromCertAuth AllowUnsafeMalformedObjectDeletion
        APIResponseCompression APIServerIdentity APIServerTracing APIServingWithRoutine CBORServingAndStorage ChangeContainerStatusOnKubeletRestart
        ClearingNominatedNodeNameAfterBinding CloudControllerManagerWatchBasedRoutesReconciliation CloudControllerManagerWebhook
        ClusterTrustBundle ClusterTrustBundleProjection ComponentFlagz ComponentStatusz ConcurrentWatchObjectDecode
        ConstrainedImpersonation ContainerCheckpoint ContainerRestartRules ContainerStopSignals ContextualLogging CoordinatedLeaderElection
        CPUCFSQuotaPeriod CPUManagerPolicyAlphaOptions CPUManagerPolicyBetaOptions CRDObservedGenerationTracking
        CrossNamespaceVolumeDataSource CSIServiceAccountTokenSecrets CSIVolumeHealth CustomCPUCFSQuotaPeriod DeclarativeValidation
        DeclarativeValidationTakeover DeclarativeValidationBeta DeploymentReplicaSetTerminatingReplicas DetectCacheInconsistency
        DisableAllocatorDualWrite DisableCPUQuotaWithExclusiveCPUs DisableNodeKubeProxyVersion DRAAdminAccess DRAConsumableCapacity
        DRADeviceBindingConditions DRADeviceTaintRules DRADeviceTaints DRAExtendedResource DRANodeAllocatableResources
        DRAPartitionableDevices DRAPrioritizedList DRAResourceClaimDeviceStatus DRAResourceClaimGranularStatusAuthorization
        DRAResourcePoolStatus DRASchedulerFilterTimeout DRAListTypeAttributes DRAWorkloadResourceClaims DynamicResourceAllocation
        EnvFiles EventedPLEG ExecProbeTimeout ExternalServiceAccountTokenSigner GangScheduling GenericWorkload GitRepoVolumeDriver
        GracefulNodeShutdown GracefulNodeShutdownBasedOnPodPriority HostnameOverride HPAConfigurableTolerance HPAScaleToZero
        ImageMaximumGCAge ImageVolume ImageVolumeWithDigest InformerResourceVersion InOrderInformers InPlacePodLevelResourcesVerticalScaling
        InPlacePodVerticalScaling InPlacePodVerticalScalingAllocatedStatus InPlacePodVerticalScalingExclusiveCPUs
        InPlacePodVerticalScalingExclusiveMemory InPlacePodVerticalScalingInitContainers InTreePluginPortworxUnregister
        JobManagedBy KMSv1 KubeletCgroupDriverFromCRI KubeletCrashLoopBackOffMax KubeletEnsureSecretPulledImages
        KubeletFineGrainedAuthz KubeletInUserNamespace KubeletPodResourcesDynamicResources KubeletPodResourcesGet
        KubeletPodResourcesListUseActivePods KubeletPSI KubeletRegistrationGetOnExistsOnly KubeletSeparateDiskGC
        KubeletServiceAccountTokenForCredentialProviders LegacySidecarContainers ListFromCacheSnapshot
        LocalStorageCapacityIsolationFSQuotaMonitoring LoggingAlphaOptions LoggingBetaOptions MatchLabelKeysInPodTopologySpread
        MatchLabelKeysInPodTopologySpreadSelectorMerge MaxUnavailableStatefulSet MemoryManagerResultCaching MemoryQoS
        MutableCSINodeAllocatableCount MutablePodResourcesForSuspendedJobs MutablePVNodeAffinity MutableSchedulingDirectivesForSuspendedJobs
        MutatingAdmissionPolicy NodeDeclaredFeatures NodeLogQuery NominatedNodeNameForExpectation OpenAPIEnums
        OpportunisticBatching PersistentVolumeClaimUnusedSinceTime PodAndContainerStatsFromCRI PodCertificateRequest
        PodDeletionCost PodLevelResourceManagers PodLevelResources PodLogsQuerySplitStreams PodObservedGenerationTracking
        PodReadyToStartContainersCondition PodTopologyLabelsAdmission PortForwardWebsockets PreferSameTrafficDistribution
        PreventStaticPodAPIReferences ProcMountType QOSReserved ReduceDefaultCrashLoopBackOffDecay RelaxedServiceNameValidation
        ReloadKubeletClientCAFile ReloadKubeletServerCertificateFile RemoteRequestHeaderUID ResourceHealthStatus RestartAllContainersOnContainerExits
        RotateKubeletServerCertificate RuntimeClassInImageCriAPI SchedulerAsyncAPICalls SchedulerAsyncPreemption SchedulerPopFromBackoffQ
        SELinuxChangePolicy SELinuxMount SELinuxMountReadWriteOncePod SeparateCacheWatchRPC ServiceAccountNodeAudienceRestriction
        ShardedListAndWatch SizeBasedListCostEstimate StaleControllerConsistencyDaemonSet StaleControllerConsistencyJob
        StaleControllerConsistencyReplicaSet StaleControllerConsistencyStatefulSet StatefulSetSemanticRevisionComparison
        StorageCapacityScoring StorageNamespaceIndex StorageVersionAPI StorageVersionHash StorageVersionMigrator StrictIPCIDRValidation
        StructuredAuthenticationConfigurationEgressSelector StructuredAuthenticationConfigurationJWKSMetrics SupplementalGroupsPolicy
        SystemdWatchdog TaintTolerationComparisonOperators TokenRequestServiceAccountUIDValidation TopologyAwareWorkloadScheduling
        TopologyManagerPolicyAlphaOptions TopologyManagerPolicyBetaOptions TopologyManagerPolicyOptions
        TranslateStreamCloseWebsocketRequests UnauthenticatedHTTP2DOSMitigation UnknownVersionInteroperabilityProxy
        UnlockWhileProcessingFIFO UserNamespacesHostNetworkSupport UserNamespacesPodSecurityStandards UserNamespacesSupport
        VolumeAttributesClass VolumeLimitScaling WatchCacheInitializationPostStartHook WatchList WatchListClient
        WindowsCPUAndMemoryAffinity WindowsGracefulNodeShutdown WindowsHostNetwork WinDSR WinOverlay WorkloadAwarePreemption
        """);

    /// <summary>Features that stay on.</summary>
    private static readonly HashSet<string> LockedOn = Names("""
        AnonymousAuthConfigurableEndpoints AnyVolumeDataSource AuthorizeNodeWithSelectors AuthorizeWithSelectors BtreeWatchCache ComponentSLIs
        ConsistentListFromCache CPUManagerPolicyOptions CRDValidationRatcheting CronJobsScheduledAnnotation CSIMigrationPortworx
        CustomResourceFieldSelectors DevicePluginCDIDevices HonorPVReclaimPolicy JobBackoffLimitPerIndex JobPodReplacementPolicy
        JobSuccessPolicy KubeletTracing LoadBalancerIPMode LogarithmicScaleDown MatchLabelKeysInPodAffinity MemoryManager
        MultiCIDRServiceAllocator NFTablesProxyMode NodeInclusionPolicyInPodTopologySpread NodeSwap OrderedNamespaceDeletion PodIndexLabel
        PodLifecycleSleepAction PodLifecycleSleepActionAllowZero PodSchedulingReadiness RecoverVolumeExpansionFailure
        RecursiveReadOnlyMounts RelaxedDNSSearchValidation RelaxedEnvironmentVariableValidation ResilientWatchCacheInitialization
        RetryGenerateName SchedulerQueueingHints SeparateTaintEvictionController ServiceAccountTokenJTI ServiceAccountTokenNodeBinding
        ServiceAccountTokenNodeBindingValidation ServiceAccountTokenPodNodeInfo ServiceTrafficDistribution SidecarContainers
        SizeMemoryBackedVolumes StatefulSetAutoDeletePVC StreamingCollectionEncodingToJSON StreamingCollectionEncodingToProtobuf
        StrictCostEnforcementForVAP StrictCostEnforcementForWebhooks StructuredAuthenticationConfiguration
        StructuredAuthorizationConfiguration TopologyAwareHints
        """);

    /// <summary>Features that stay off.</summary>
    private static readonly HashSet<string> LockedOff = Names(
        "AllowServiceLBStatusOnNonLB WatchFromStorageWithoutResourceVersion");

    /// <summary>Adds what is wrong with a flag's value, in the words with which upstream refuses the flag.</summary>
    public static void Validate(Flag<IReadOnlyDictionary<string, string>> flag, List<string> errors)
    {
        foreach ((string key, string value) in flag.Value.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            // A gate may name the component it is for; the server's own component is kube.
            string name = key.StartsWith("kube:", StringComparison.Ordinal) ? key["kube:".Length..] : key;
            if (Wrong(name, value) is { } reason)
            {
                errors.Add($"invalid argument \"{flag.Text}\" for \"--{flag.Name}\" flag: {reason}");
            }
        }
    }

    private static string? Wrong(string name, string value)
    {
        if (value.Length == 0)
        {
            return $"missing bool value for {name}";
        }

        bool isOn = value is "1" or "t" or "T" or "true" or "TRUE" or "True";
        if (!isOn && value is not ("0" or "f" or "F" or "false" or "FALSE" or "False"))
        {
            return $"invalid value of {name}={value}, err: strconv.ParseBool: parsing \"{value}\": invalid syntax";
        }

        if ((LockedOn.Contains(name) && !isOn) || (LockedOff.Contains(name) && isOn))
        {
            return $"cannot set feature gate {name} to {(isOn ? "true" : "false")}, feature is locked to {(isOn ? "false" : "true")}";
        }

        return Open.Contains(name) || LockedOn.Contains(name) || LockedOff.Contains(name)
            ? null
            : $"unrecognized feature gate: {name}";
    }

    private static HashSet<string> Names(string text) =>
        [.. text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
